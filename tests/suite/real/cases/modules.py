"""Tests that come from another module, by imports or put there by conftest.py and plugins."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

_SHARED = "def test_a(): ...\ndef test_b(): ...\nclass TestC:\n    def test_c(self): ...\n"

PROJECTS = (
    Project(
        "a star import",
        {"tests/unit/shared.py": _SHARED, FILE: "from shared import *\ndef test_d(): ...\n"},
    ),
    Project(
        "a star import in a package",
        {
            "tests/__init__.py": "",
            "tests/unit/__init__.py": "from .shared import *\n",
            "tests/unit/shared.py": _SHARED,
            FILE: "from . import *\ndef test_d(): ...\n",
        },
    ),
    Project(
        "a star import in a condition",
        {
            "tests/unit/shared.py": _SHARED,
            FILE: "try:\n    from shared import *\nexcept ImportError:\n    pass\ndef test_d(): ...\n",
        },
    ),
    Project(
        "tests imported by name",
        {
            "tests/unit/shared.py": _SHARED,
            FILE: "from shared import test_a, TestC as TestOther\nimport shared\ntest_z = shared.test_b\n"
            "def test_d(): ...\ndef test_e(): ...\n",
        },
        {FILE: "def test_e(): ...\n"},
    ),
    Project(
        "a module attribute",
        {
            FILE: """
                def test_d(): ...
                def __getattr__(name):
                    if name == "test_later":
                        return lambda: None
                    raise AttributeError(name)
                def __dir__():
                    return ["test_d", "test_later"]
                """
        },
    ),
    Project(
        "a module that replaces itself",
        {
            FILE: """
                import sys, types
                class Module(types.ModuleType):
                    def test_made(self=None): ...
                new = Module(__name__)
                new.__dict__.update(__file__=__file__, test_made=lambda: None)
                sys.modules[__name__] = new
                def test_d(): ...
                """
        },
    ),
    Project(
        "a module whose class is changed",
        {
            FILE: """
                import sys, types
                class Module(types.ModuleType):
                    @staticmethod
                    def test_made(): ...
                sys.modules[__name__].__class__ = Module
                def test_d(): ...
                """
        },
    ),
    Project(
        "tests put in by conftest",
        {
            "tests/unit/conftest.py": """
                import pytest
                @pytest.hookimpl(tryfirst=True)
                def pytest_pycollect_makemodule(module_path, parent):
                    module = pytest.Module.from_parent(parent, path=module_path)
                    module.obj.test_made = lambda: None
                    return module
                """,
            FILE: "def test_d(): ...\n",
        },
    ),
    Project(
        "tests put in by an import of conftest",
        {
            "tests/unit/conftest.py": """
                import sys, test_it
                test_it.test_made = lambda: None
                """,
            FILE: "def test_d(): ...\n",
        },
    ),
    Project(
        "tests put in by a loader",
        {
            "tests/unit/conftest.py": """
                import builtins
                builtins.add_tests = lambda space: space.update(test_made=lambda: None)
                """,
            FILE: "add_tests(globals())\ndef test_d(): ...\n",
        },
    ),
    Project(
        "pytest_plugins in conftest",
        {
            "conftest.py": "pytest_plugins = ['plugins.more']\n",
            "plugins/__init__.py": "",
            "plugins/more.py": """
                import pytest
                def pytest_pycollect_makeitem(collector, name, obj):
                    if name.startswith("check_"):
                        return pytest.Function.from_parent(collector, name="test_of_" + name, callobj=obj)
                """,
            FILE: "def check_a(): ...\ndef test_d(): ...\n",
        },
    ),
    Project(
        "pytest_plugins in the test file",
        {
            "more.py": """
                def pytest_collection_modifyitems(items):
                    for item in items:
                        item._nodeid = item.nodeid + "+"
                """,
            "pytest.ini": "[pytest]\npythonpath = .\n",
            FILE: "pytest_plugins = ['more']\ndef test_d(): ...\n",
        },
    ),
    Project(
        "a local plugin named by addopts",
        {
            "pytest.ini": "[pytest]\naddopts = -p localplugin\npythonpath = .\n",
            "localplugin.py": """
                def pytest_itemcollected(item):
                    item._nodeid = item.nodeid.replace("test_", "case_")
                """,
            FILE: "def test_d(): ...\n",
        },
    ),
    Project(
        "a local plugin named on the command line",
        {
            "site/localplugin.py": """
                def pytest_itemcollected(item):
                    item._nodeid = item.nodeid + "@here"
                """,
            FILE: "def test_d(): ...\n",
        },
        args=("-p", "localplugin"),
    ),
    Project(
        "a plugin of an installed package",
        {
            "site/collector/__init__.py": """
                import pytest
                def pytest_pycollect_makeitem(collector, name, obj):
                    if name.startswith("check_"):
                        return pytest.Function.from_parent(collector, name="made_" + name, callobj=obj)
                """,
            "site/collector-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: collector\nVersion: 1.0\n",
            "site/collector-1.0.dist-info/entry_points.txt": "[pytest11]\ncollector = collector\n",
            FILE: "def check_a(): ...\ndef test_d(): ...\n",
        },
        autoload=True,
        versions=("9",),
    ),
    Project(
        "a plugin in the environment alone",
        {
            "site/collector.py": """
                import pytest
                def pytest_pycollect_makeitem(collector, name, obj):
                    # With test_ in the name no source could tell.
                    if name.startswith("check_"):
                        return pytest.Function.from_parent(collector, name="unit_" + name, callobj=obj)
                """,
            FILE: "def check_a(): ...\ndef test_d(): ...\n",
        },
        plugins=("collector",),
    ),
    single(
        "a namespace package",
        "from tools.names import test_a\ndef test_d(): ...\ndef test_e(): ...\n",
        more={
            "tools/names.py": "def test_a(): ...\n",
            "pytest.ini": "[pytest]\npythonpath = .\n",
        },
        cut="def test_e(): ...\n",
    ),
    Project(
        "a library with tests in a zip",
        {
            FILE: """
                import pathlib, sys, zipfile
                archive = pathlib.Path(__file__).with_name("shared.zip")
                with zipfile.ZipFile(archive, "w") as file:
                    file.writestr("zipped.py", "def test_a(): ...")
                sys.path.insert(0, str(archive))
                from zipped import *
                def test_d(): ...
                """
        },
    ),
)
