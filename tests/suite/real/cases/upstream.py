"""Projects as people write them around recorded calls of models; a test taken from them has to be found."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

PROJECTS = (
    single(
        "a module's usual preamble",
        """
        import json
        import logging
        import os
        import re
        import sys
        import warnings
        from collections import namedtuple
        from pathlib import Path

        import pytest

        logger = logging.getLogger(__name__)
        HERE = Path(__file__).resolve().parent
        MODELS = sorted({"b", "a"})
        WORD = re.compile(r"[a-z]+")
        KEY = os.environ.get("OPENAI_API_KEY", "none")
        SETTINGS = json.loads('{"temperature": 0}')
        Case = namedtuple("Case", ["name", "text"])
        CASES = [Case("one", "x"), Case("two", "y")]
        IDS = [case.name for case in CASES]
        BY_NAME = {case.name: case for case in CASES}
        warnings.filterwarnings("ignore")
        pytestmark = [pytest.mark.skipif(sys.platform == "nowhere", reason="no"), pytest.mark.usefixtures()]

        @pytest.mark.parametrize("case", CASES, ids=IDS)
        def test_case(case):
            logger.info(case.name)
        @pytest.mark.parametrize("name", list(BY_NAME))
        def test_name(name):
            assert WORD.match(name)
        """,
        cut='@pytest.mark.parametrize("name", list(BY_NAME))\ndef test_name(name):\n'
        "    assert WORD.match(name)\n",
    ),
    Project(
        "a suite of integration tests",
        {
            "pyproject.toml": """
                [project]
                name = "stack"
                version = "1"
                [tool.pytest.ini_options]
                addopts = ["--durations=10"]
                markers = ["slow: marks tests as slow"]
                """,
            "tests/integration/__init__.py": "",
            "tests/integration/conftest.py": """
                import os
                import platform
                import pytest

                def pytest_addoption(parser):
                    parser.addoption("--text-model", default="ollama/llama3.2:3b")
                    parser.addoption("--stack-config", default=None)

                def pytest_configure(config):
                    os.environ.setdefault("LOCALE", "C")
                    if config.getoption("--stack-config"):
                        os.environ["STACK"] = config.getoption("--stack-config")

                def pytest_sessionstart(session):
                    platform.machine()

                def get_short_id(value):
                    return str(value).rsplit("/", 1)[-1]

                def pytest_generate_tests(metafunc):
                    params, values = [], {}
                    if "text_model_id" in metafunc.fixturenames:
                        params.append("text_model_id")
                        names = metafunc.config.getoption("--text-model").split(",")
                        values = [(name,) for name in names]
                        ids = [f"txt={get_short_id(name)}" for name in names]
                        metafunc.parametrize(params, values, scope="session", ids=ids)

                def pytest_collection_modifyitems(config, items):
                    for item in items:
                        if "slow" in item.keywords and os.environ.get("FAST"):
                            item.add_marker(pytest.mark.skip(reason="slow"))

                @pytest.fixture(scope="session")
                def client(request):
                    yield object()

                @pytest.fixture(autouse=True)
                def test_context(request):
                    yield request.node.nodeid
                """,
            "tests/integration/inference/__init__.py": "",
            "tests/integration/inference/test_text.py": """
                import pytest
                from ..cases import load_case

                def skip_if_not_supported(client, model):
                    if model == "none":
                        pytest.skip("not supported")

                class TestChat:
                    @pytest.mark.slow
                    def test_chat(self, client, text_model_id):
                        skip_if_not_supported(client, text_model_id)
                    @pytest.mark.parametrize("case", ["inference:chat:non_streaming_01", "a::b"])
                    def test_stream(self, client, text_model_id, case):
                        assert load_case(case)

                @pytest.mark.xfail(reason="upstream", strict=False)
                def test_flaky(text_model_id): ...
                def test_tools(client, text_model_id): ...
                """,
            "tests/integration/cases.py": "def load_case(name):\n    return {'name': name}\n",
        },
        {"tests/integration/inference/test_text.py": "def test_tools(client, text_model_id): ...\n"},
    ),
    single(
        "a parameter removed",
        """
        import pytest
        @pytest.mark.parametrize("model", ["small", "large"])
        def test_a(model): ...
        """,
        cut=', "large"',
        by_source=False,
    ),
    single(
        "a parametrize removed",
        """
        import pytest
        #
        def test_a(model="x"): ...
        @pytest.mark.parametrize("model", ["small", "large"])
        def test_b(model): ...
        """,
        cut='@pytest.mark.parametrize("model", ["small", "large"])\ndef test_b(model): ...\n',
    ),
    single(
        "a test moved into a class",
        """
        #class TestNew:
        # def test_a(self): ...
        def test_a(): ...
        def test_b(): ...
        """,
        cut="def test_a(): ...\n",
    ),
    single(
        "a test turned into a helper",
        """
        def test_a(): ...
        def test_b(): ...
        def helper():
            def test_inner(): ...
            return test_inner
        """,
        cut="def test_b(): ...\n",
    ),
    Project(
        "a directory removed",
        {
            "tests/a/test_a.py": "def test_a(): ...",
            "tests/old/test_b.py": "def test_more(): ...",
            "tests/old/test_c.py": "class TestC:\n    def test_c(self): ...",
        },
        {"tests/old/test_b.py": None, "tests/old/test_c.py": None},
    ),
    Project(
        "a file removed from a package of a monorepo",
        {
            "packages/a/pyproject.toml": "[tool.pytest.ini_options]\n",
            "packages/a/tests/test_a.py": "def test_a(): ...",
            "packages/a/tests/test_b.py": "def test_more(): ...",
        },
        {"packages/a/tests/test_b.py": None},
        cwd="packages/a",
    ),
    Project(
        "a parameterized case removed",
        {
            FILE: """
                import unittest
                from parameterized import parameterized
                class Things(unittest.TestCase):
                    @parameterized.expand(["one", "two"])
                    def test_text(self, text): ...
                """
        },
        {FILE: ', "two"'},
        by_source=False,
    ),
    Project(
        "a doctest removed",
        {
            "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
            FILE: 'def test_a():\n    """\n    >>> 1\n    1\n    """\n'
            'def helper():\n    """\n    >>> 1\n    1\n    """\n',
        },
        {FILE: 'def helper():\n    """\n    >>> 1\n    1\n    """\n'},
        by_source=False,
    ),
    Project(
        "a scenario removed",
        {
            "tests/unit/it.feature": "Feature: F\n  Scenario: One\n    Given a\n"
            "  Scenario: Two\n    Given a\n",
            FILE: "from pytest_bdd import given, scenarios\nscenarios('it.feature')\n"
            "@given('a')\ndef a(): ...\n",
        },
        {"tests/unit/it.feature": "  Scenario: Two\n    Given a\n"},
        by_source=False,
        plugins=("pytest_bdd.plugin",),
    ),
    Project(
        "a file with a test of its own name removed",
        {"tests/a/test_a.py": "def test_a(): ...", "tests/a/test_b.py": "def test_b(): ..."},
        {"tests/a/test_b.py": None},
        by_source=False,  # a doctest of the module has the same id
    ),
    Project(
        "a case of YAML removed",
        {
            "conftest.py": """
                import pytest
                class Case(pytest.Item):
                    def runtest(self): ...
                class Cases(pytest.File):
                    def collect(self):
                        for name in self.path.read_text().split():
                            yield Case.from_parent(self, name=name)
                def pytest_collect_file(file_path, parent):
                    if file_path.suffix == ".cases":
                        return Cases.from_parent(parent, path=file_path)
                """,
            "tests/unit/it.cases": "one two",
        },
        {"tests/unit/it.cases": " two"},
        by_source=False,
    ),
    single(
        "a generated test removed",
        """
        def make(): return lambda: None
        for name in ("one", "two"):
            globals()["test_" + name] = make()
        """,
        cut=', "two"',
        by_source=False,
    ),
)
