"""Libraries in which a test is a scenario or a nested block: pytest-bdd and pytest-describe."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

_FEATURE = """
    Feature: Greeting
        Scenario: Greet a person
            Given a person
            Then they are greeted
        Scenario Outline: Greet in <language>
            Given a person
            Then they are greeted
            Examples:
            | language |
            | Irish    |
            | Welsh    |
    """
_STEPS = "@given('a person')\ndef person(): ...\n@then('they are greeted')\ndef greeted(): ...\n"
_BDD = ("pytest_bdd.plugin",)


PROJECTS = (
    single(
        "pytest-bdd scenarios",
        "from pytest_bdd import given, scenarios, then\nscenarios('it.feature')\n" + _STEPS,
        more={"tests/unit/it.feature": _FEATURE},
        plugins=_BDD,
    ),
    single(
        "pytest-bdd scenario",
        "from pytest_bdd import given, scenario, then\n"
        "@scenario('it.feature', 'Greet a person')\ndef test_greet(): ...\ndef test_plain(): ...\n" + _STEPS,
        more={"tests/unit/it.feature": _FEATURE},
        plugins=_BDD,
    ),
    single(
        "pytest-bdd scenarios aliased",
        "import pytest_bdd as bdd\nfrom pytest_bdd import given, then\nload = bdd.scenarios\n"
        "load('it.feature')\n" + _STEPS,
        more={"tests/unit/it.feature": _FEATURE},
        plugins=_BDD,
    ),
    Project(
        "pytest-bdd scenarios by a helper",
        {
            "tests/unit/helper.py": """
                from pytest_bdd import scenarios
                from pytest_bdd.utils import get_caller_module_locals
                def load(name):
                    scenarios(name, encoding="utf-8")
                """,
            "tests/unit/conftest.py": "from pytest_bdd import given, then\n" + _STEPS,
            "tests/unit/it.feature": _FEATURE,
            FILE: "from pytest_bdd import scenarios\nfor name in ['it.feature']:\n    scenarios(name)\n",
        },
        plugins=_BDD,
    ),
    single(
        "pytest-describe",
        """
        def describe_list():
            def describe_append():
                def adds(): ...
                def test_grows(): ...
            def is_empty(): ...
            def _helper(): ...
        def test_plain(): ...
        """,
        plugins=("pytest_describe.plugin",),
    ),
    Project(
        "pytest-describe with a prefix",
        {
            "pytest.ini": "[pytest]\ndescribe_prefixes = context_ test_\n",
            FILE: "def test_list():\n    def adds(): ...\n    def test_grows(): ...\n",
        },
        plugins=("pytest_describe.plugin",),
    ),
    single(
        "pytest-describe shared behaviour",
        """
        from pytest import fixture
        from pytest_describe import behaves_like
        def a_duck():
            def it_quacks(): ...
        @behaves_like(a_duck)
        def describe_mallard():
            def test_swims(): ...
        """,
        plugins=("pytest_describe.plugin",),
    ),
)
