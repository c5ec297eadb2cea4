"""Projects whose conftest.py changes what is collected, or only filters, orders and marks it."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project

_TWO = "def test_a(): ...\ndef test_b(): ...\n"
_CUT = {FILE: "def test_b(): ...\n"}

PROJECTS = (
    Project(
        "makeitem renames",
        {
            "conftest.py": """
                import pytest
                def pytest_pycollect_makeitem(collector, name, obj):
                    if name.startswith("spec_"):
                        return pytest.Function.from_parent(collector, name="test_" + name[5:], callobj=obj)
                """,
            FILE: "def spec_made(): ...\ndef test_b(): ...\n",
        },
    ),
    Project(
        "makeitem makes several",
        {
            "tests/conftest.py": """
                import pytest
                @pytest.hookimpl(tryfirst=True)
                def pytest_pycollect_makeitem(collector, name, obj):
                    if name == "CASES":
                        return [
                            pytest.Function.from_parent(collector, name=f"test_{case}", callobj=lambda: None)
                            for case in obj
                        ]
                """,
            FILE: "CASES = ['one', 'two']\ndef test_b(): ...\n",
        },
    ),
    Project(
        "itemcollected renames",
        {
            "conftest.py": """
                def pytest_itemcollected(item):
                    if item.function.__doc__:
                        item._nodeid = item.nodeid.rpartition("::")[0] + "::" + item.function.__doc__
                """,
            FILE: 'def test_a():\n    "test_greets"\ndef test_b(): ...\n',
        },
    ),
    Project(
        "modifyitems renames",
        {
            "conftest.py": """
                def pytest_collection_modifyitems(items):
                    for item in items:
                        item.name = item.name.upper()
                        item._nodeid = item.nodeid.replace("test_", "test_v2_")
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "modifyitems renames elsewhere",
        {
            "tests/unit/conftest.py": """
                import helper_hooks
                def pytest_collection_modifyitems(session, config, items):
                    helper_hooks.change(items)
                """,
            "tests/unit/helper_hooks.py": """
                def change(items):
                    for item in items:
                        item._nodeid = item.nodeid + "_x"
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "modifyitems clones",
        {
            "conftest.py": """
                import pytest
                def pytest_collection_modifyitems(items):
                    items.extend(
                        [
                            type(item).from_parent(item.parent, name=item.name + "_again", callobj=item.obj)
                            for item in items
                        ]
                    )
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "modifyitems filters, orders and marks",
        {
            "conftest.py": """
                import pytest
                def pytest_addoption(parser):
                    parser.addoption("--runslow", action="store_true")
                def pytest_collection_modifyitems(config, items):
                    skip = pytest.mark.skip(reason="needs --runslow")
                    for item in items:
                        if "slow" in item.keywords and not config.getoption("--runslow"):
                            item.add_marker(skip)
                    items.sort(key=lambda item: item.name)
                    items[:] = [item for item in items if item.name != "test_never"]
                """,
            "pytest.ini": "[pytest]\nmarkers = slow: x\n",
            FILE: "import pytest\n@pytest.mark.slow\ndef test_a(): ...\ndef test_never(): ...\n"
            "def test_b(): ...\n",
        },
        _CUT,
        args=("--runslow",),
    ),
    Project(
        "modifyitems deselects",
        {
            "tests/conftest.py": """
                def pytest_collection_modifyitems(config, items):
                    kept = [item for item in items if "deep" not in item.nodeid]
                    gone = [item for item in items if "deep" in item.nodeid]
                    config.hook.pytest_deselected(items=gone)
                    items[:] = kept
                """,
            FILE: _TWO,
            "tests/unit/test_deep.py": "def test_c(): ...\n",
        },
        _CUT,
    ),
    Project(
        "generate_tests",
        {
            "conftest.py": """
                def pytest_addoption(parser):
                    parser.addoption("--text-model", default="one,two")
                def pytest_generate_tests(metafunc):
                    if "model" in metafunc.fixturenames:
                        models = metafunc.config.getoption("--text-model").split(",")
                        metafunc.parametrize("model", models, ids=[f"txt={name}" for name in models])
                """,
            FILE: "def test_a(model): ...\ndef test_b(model): ...\ndef test_c(): ...\n",
        },
        {FILE: "def test_b(model): ...\n"},
        args=("--text-model", "ollama/llama3.2:3b,gpt::4[o]"),
    ),
    Project(
        "generate_tests in the test file",
        {
            FILE: """
                def pytest_generate_tests(metafunc):
                    if "number" in metafunc.fixturenames:
                        metafunc.parametrize("number", [1, 2])
                def test_a(number): ...
                class TestB:
                    def pytest_generate_tests(self, metafunc):
                        metafunc.parametrize("text", ["x"])
                    def test_b(self, text): ...
                    def test_c(self, text): ...
                """
        },
        {FILE: "    def test_c(self, text): ...\n"},
    ),
    Project(
        "generate_tests that meddles",
        {
            "conftest.py": """
                def pytest_generate_tests(metafunc):
                    metafunc.module.test_late = lambda: None
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "a collector of its own for Python files",
        {
            "conftest.py": """
                import pytest
                class Line(pytest.Item):
                    def runtest(self): ...
                class Lines(pytest.File):
                    def collect(self):
                        for line in self.path.read_text().splitlines():
                            if line.startswith("# case: "):
                                yield Line.from_parent(self, name=line[8:])
                def pytest_collect_file(file_path, parent):
                    if file_path.name == "test_it.py":
                        return Lines.from_parent(parent, path=file_path)
                """,
            FILE: "# case: greets\n# case: test_greets\ndef test_b(): ...\n",
        },
    ),
    Project(
        "a module class of its own",
        {
            "tests/conftest.py": """
                import pytest
                class Twice(pytest.Module):
                    def collect(self):
                        yield from super().collect()
                        yield pytest.Function.from_parent(self, name="test_import", callobj=lambda: None)
                def pytest_pycollect_makemodule(module_path, parent):
                    return Twice.from_parent(parent, path=module_path)
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "a function class of its own",
        {
            "conftest.py": """
                import pytest
                class Named(pytest.Function):
                    @property
                    def nodeid(self):
                        return super().nodeid + "~1"
                @pytest.hookimpl(hookwrapper=True)
                def pytest_pycollect_makeitem(collector, name, obj):
                    outcome = yield
                    found = outcome.get_result()
                    if isinstance(found, list):
                        outcome.force_result([Named.from_parent(collector, name=i.name) for i in found])
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "hooks of a plugin class registered in configure",
        {
            "conftest.py": """
                class Renames:
                    def pytest_itemcollected(self, item):
                        item._nodeid = item.nodeid + "-gpu"
                def pytest_configure(config):
                    config.pluginmanager.register(Renames(), "renames")
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "hooks imported into conftest",
        {
            "hooklib.py": "def pytest_itemcollected(item):\n    item._nodeid = item.nodeid + '+'\n",
            "conftest.py": "from hooklib import *\n",
            FILE: _TWO,
        },
    ),
    Project(
        "a hook under another name",
        {
            "conftest.py": """
                import pytest
                @pytest.hookimpl(specname="pytest_itemcollected")
                def rename(item):
                    item._nodeid = item.nodeid + "+"
                """,
            FILE: _TWO,
        },
    ),
    Project(
        "pytest itself changed by conftest",
        {
            "conftest.py": """
                import _pytest.nodes
                real = _pytest.nodes.Item.nodeid
                _pytest.nodes.Item.nodeid = property(lambda self: real.fget(self) + ":patched")
                """,
            FILE: _TWO,
        },
    ),
)
