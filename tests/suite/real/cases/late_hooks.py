"""Hooks that few think of: they change ids late, from a sibling directory, or under another name."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project

_TWO = "def test_a(): ...\ndef test_b(): ...\n"
_RENAMES = "item._nodeid = item.nodeid.replace('::test_', '::test_v2_')"

PROJECTS = (
    Project(
        "ids changed when the collection is finished",
        {
            "conftest.py": f"""
                import pytest
                @pytest.hookimpl(tryfirst=True)
                def pytest_collection_finish(session):
                    for item in session.items:
                        {_RENAMES}
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "ids changed when a test is run",
        {
            "conftest.py": f"""
                import pytest
                @pytest.hookimpl(tryfirst=True)
                def pytest_runtest_protocol(item, nextitem):
                    {_RENAMES}
                """,
            FILE: _TWO,
        },
        listed=False,
    ),
    Project(
        "ids changed by a fixture",
        {
            "conftest.py": """
                import pytest
                @pytest.fixture(autouse=True)
                def variant(request):
                    item = request.node
                    item._nodeid = item.nodeid.replace("::test_", "::test_fast_")
                """,
            FILE: _TWO,
        },
        listed=False,
        versions=("9",),  # pytest 8 finds its own stack of fixtures no more
    ),
    Project(
        "ids changed by a report of the collection",
        {
            "conftest.py": f"""
                import pytest
                @pytest.hookimpl(hookwrapper=True)
                def pytest_make_collect_report(collector):
                    outcome = yield
                    for item in outcome.get_result().result or ():
                        if isinstance(item, pytest.Item):
                            {_RENAMES}
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "items renamed by a sibling's conftest",
        {
            "tests/other/conftest.py": f"""
                def pytest_collection_modifyitems(items):
                    for item in items:
                        {_RENAMES}
                """,
            "tests/other/test_more.py": "def test_c(): ...\n",
            FILE: _TWO,
        },
    ),
    Project(
        "items replaced in modifyitems",
        {
            "conftest.py": """
                import pytest
                def pytest_collection_modifyitems(items):
                    items[:] = [
                        pytest.Function.from_parent(item.parent, name="test_new", callobj=item.obj)
                        for item in items[:1]
                    ] + items[1:]
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "modifyitems in a plugin class",
        {
            "tests/conftest.py": f"""
                class Variants:
                    def pytest_collection_modifyitems(self, items):
                        for item in items:
                            {_RENAMES}
                def pytest_sessionstart(session):
                    session.config.pluginmanager.register(Variants())
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "modifyitems that calls a marker of ours",
        {
            "conftest.py": """
                import pytest
                from marking import mark_all
                def pytest_collection_modifyitems(config, items):
                    mark_all(items)
                """,
            "marking.py": f"""
                def mark_all(items):
                    for item in items:
                        {_RENAMES}
                """,
            "pytest.ini": "[pytest]\npythonpath = .\n",
            FILE: _TWO,
        },
    ),
    Project(
        "files ignored but when asked for",
        {
            "conftest.py": """
                import os
                def pytest_ignore_collect(collection_path):
                    return True if collection_path.name == "test_it.py" and "LIVE" not in os.environ else None
                """,
            FILE: _TWO,
            "tests/unit/test_other.py": "def test_c(): ...\n",
        },
        {FILE: "def test_b(): ...\n"},
        env={"LIVE": "1"},
    ),
    Project(
        "a plugin named in one word",
        {
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["-pplugins.names"]\npythonpath = "."\n',
            "plugins/__init__.py": "",
            "plugins/names.py": f"def pytest_itemcollected(item):\n    {_RENAMES}\n",
            FILE: _TWO,
        },
    ),
    Project(
        "a plugin named by a string in conftest",
        {
            "conftest.py": 'pytest_plugins = "site_names"\n',
            "site/site_names.py": f"def pytest_itemcollected(item):\n    {_RENAMES}\n",
            FILE: _TWO,
        },
    ),
    Project(
        "plugins added to a list in conftest",
        {
            "conftest.py": "pytest_plugins = []\npytest_plugins += ['site_names']\n",
            "site/site_names.py": f"def pytest_itemcollected(item):\n    {_RENAMES}\n",
            FILE: _TWO,
        },
    ),
    Project(
        "the project's own plugin",
        {
            "pyproject.toml": """
                [project]
                name = "names"
                version = "1"
                [project.entry-points.pytest11]
                names = "names.plugin"
                """,
            "site/names/__init__.py": "",
            "site/names/plugin.py": f"def pytest_itemcollected(item):\n    {_RENAMES}\n",
            FILE: _TWO,
        },
        plugins=("names.plugin",),
    ),
    Project(
        "hooks made by setattr",
        {
            "conftest.py": f"""
                def rename(item):
                    {_RENAMES}
                globals()["pytest_" + "itemcollected"] = rename
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "hooks assigned",
        {
            "tests/conftest.py": f"""
                def rename(item):
                    {_RENAMES}
                pytest_itemcollected = rename
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "hooks in a condition",
        {
            "conftest.py": f"""
                import os
                if os.environ.get("HOME"):
                    def pytest_itemcollected(item):
                        {_RENAMES}
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "a source encoding of ours",
        {
            "conftest.py": """
                import codecs, encodings.utf_8 as utf8
                def decode(data, errors="strict"):
                    text, size = utf8.decode(data, errors)
                    return text.replace("case ", "def test_"), size
                def find(name):
                    if name == "cases":
                        return codecs.CodecInfo(utf8.encode, decode, name="cases")
                codecs.register(find)
                """,
            FILE: "# coding: cases\ncase a(): ...\ndef test_b(): ...\n",
        },
    ),
    Project(
        "an import hook that rewrites",
        {
            "conftest.py": """
                import ast
                from _pytest.assertion import rewrite
                real = rewrite.rewrite_asserts
                def add_tests(module, *rest):
                    if b"# cases" in rest[0]:
                        module.body += ast.parse("def test_made(): ...").body
                    return real(module, *rest)
                rewrite.rewrite_asserts = add_tests
                """,
            FILE: "# cases\ndef test_b(): ...\n",
        },
    ),
    Project(
        "a linter's items",
        {
            "site/linter.py": """
                import pytest
                class Check(pytest.Item):
                    def runtest(self): ...
                class Checks(pytest.File):
                    def collect(self):
                        for name in ("mypy", "ruff::format", "BLACK"):
                            yield Check.from_parent(self, name=name)
                def pytest_collect_file(file_path, parent):
                    if file_path.suffix == ".py":
                        return Checks.from_parent(parent, path=file_path)
                """,
            FILE: _TWO,
        },
        plugins=("linter",),
    ),
)
