"""Hooks of a project's conftest.py files and plugins: which of them leave the ids of tests alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.suite.liveness import Liveness
from recctl.suite.source import LivenessBySource
from tests.suite.projects import by_source, record, summary_of, write

FILE = "tests/a/test_b.py"

HARMLESS = {
    "fixtures and options": (
        "import pytest, os, sys\n"
        "sys.path.insert(0, os.path.dirname(__file__))\n"
        "def pytest_addoption(parser):\n    parser.addoption('--runslow')\n"
        "def pytest_configure(config):\n"
        "    config.addinivalue_line('markers', 'slow')\n    setattr(config.option, 'x', 1)\n"
        "@pytest.fixture\ndef client():\n    return vars(object)\n"
    ),
    "filtering": (
        "def pytest_collection_modifyitems(config, items):\n"
        "    keep, drop = [], []\n"
        "    for item in items:\n"
        "        (keep if item.get_closest_marker('a') else drop).append(item)\n"
        "    config.hook.pytest_deselected(items=drop)\n"
        "    items[:] = keep\n"
    ),
    "reordering": (
        "import random\n"
        "def _key(item):\n    return (item.path.name, item.name.lower())\n"
        "def pytest_collection_modifyitems(items):\n"
        "    items.sort(key=_key)\n    random.shuffle(items)\n    items.reverse()\n"
        "    items[:] = sorted(items, key=lambda item: _key(item))\n"
    ),
    "marking": (
        "import pytest\n"
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_collection_modifyitems(session, config, items):\n"
        "    if config.getoption('--runslow'):\n        return\n"
        "    skip = pytest.mark.skip(reason='slow')\n"
        "    for item in items:\n"
        "        if 'slow' in item.keywords and item.nodeid.startswith('tests/'):\n"
        "            item.add_marker(skip)\n            item.user_properties.append(('a', 1))\n"
    ),
    "parameters": (
        "def pytest_generate_tests(metafunc):\n"
        "    if 'model' in metafunc.fixturenames:\n"
        "        metafunc.parametrize('model', [1], ids=str, scope='session')\n"
    ),
    "reports": (
        "import pytest\n"
        "@pytest.hookimpl(hookwrapper=True)\n"
        "def pytest_runtest_makereport(item, call):\n"
        "    outcome = yield\n    item.outcome = outcome.get_result()\n"
    ),
    "a plugin that is registered": (
        "class P:\n    def pytest_runtest_setup(self, item): ...\n"
        "def pytest_configure(config):\n    config.pluginmanager.register(P())\n    config.pluginmanager.get_plugin('x')"
    ),
    "known plugins": "pytest_plugins = ['pytester', 'pytest_asyncio']",
    "a plugin of its own": "pytest_plugins = ('tests.fixtures.common',)",
}
UNPROVEN = {
    "items made": "def pytest_pycollect_makeitem(collector, name, obj): ...",
    "files collected": "def pytest_collect_file(file_path, parent): ...",
    "by a wrapper": "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_make_collect_report(collector):\n    yield",
    "by a class that is registered": "class P:\n    def pytest_itemcollected(self, item): ...",
    "by another name": "def rename(item): ...\npytest_itemcollected = rename",
    "by a library": "from sybil import Sybil\npytest_collect_file = Sybil().pytest()",
    "by specname": "import pytest\n@pytest.hookimpl(specname='pytest_itemcollected')\ndef rename(item): ...",
    "by an import": "from lib import pytest_collection_modifyitems",
    "by an import under another name": "from lib import rename as pytest_itemcollected",
    "by a class that is filled": "type('P', (), {'pytest_itemcollected': 1})",
    "by a keyword": "P = dict(pytest_itemcollected=1)",
    "a renamed item": "def pytest_collection_modifyitems(items):\n    for item in items:\n        item._nodeid += '-x'",
    "a name set": "def pytest_collection_modifyitems(items):\n    items[0].name = 'x'",
    "a name set in a helper": "def f(item):\n    item.name = 'x'\ndef pytest_collection_modifyitems(items):\n    f(items[0])",
    "setattr on an item": "def pytest_collection_modifyitems(items):\n    setattr(items[0], 'name', 'x')",
    "a copy": "import copy\ndef pytest_collection_modifyitems(items):\n    items.append(copy.copy(items[0]))",
    "an item made": "import pytest\ndef pytest_collection_modifyitems(items):\n    items.append(pytest.Function.from_parent(items[0].parent, name='x'))",
    "an item by its type": "def pytest_collection_modifyitems(items):\n    items.append(type(items[0]).from_parent(items[0].parent))",
    "something unknown": "from lib import expand\ndef pytest_collection_modifyitems(items):\n    items[:] = expand(items)",
    "a method unknown": "def pytest_collection_modifyitems(items):\n    items[0].clone('x')",
    "at the end of a collection": "def pytest_collection_finish(session):\n    session.items[0]._nodeid = 'x'",
    "frames": "import sys\ndef pytest_configure():\n    sys.modules['tests.a.test_b'].test_x = 1",
    "a frame in a plugin": "pytest_plugins = ['tests.fixtures.reaching']",
    "an unknown plugin": "pytest_plugins = ['lib.plugin']",
    "a plugin by the manager": "def pytest_configure(config):\n    config.pluginmanager.import_plugin('lib')",
    "an object of another package": "import lib\ndef pytest_configure(config):\n    config.pluginmanager.register(lib.Plugin())",
    "an item that is cloned as it runs": "def pytest_runtest_protocol(item, nextitem): ...",
    "a collector that is changed": "def pytest_collectstart(collector):\n    collector.collect = list",
    "a collector's parts": "import pytest\ndef pytest_sessionstart(session):\n    session.collect = list",
    "all names of another package": "from lib import *",
    "a manager by another name": "import lib\ndef pytest_configure(config):\n    pm = config.pluginmanager\n    pm.register(lib.P())",
    "plugins that are imported": "from .fixtures import pytest_plugins",
    "plugins that are added": "pytest_plugins = []\npytest_plugins.append('lib')",
    "a config handed to another package": "from lib import setup\ndef pytest_configure(config):\n    setup(config)",
    "a helper that fills classes": "from tests.fixtures.filling import fill\nfill(object, 'ab')",
    "a plugin with hooks": "pytest_plugins = ['build.hooks']",
    "an id that a fixture changes": "import pytest\n@pytest.fixture(autouse=True)\ndef f(request):\n    request.node._nodeid = 'x'",
    "an id that a run changes": "import pytest\ndef pytest_runtest_protocol(item):\n    item._id = item.nodeid + 'x'",
    "pytest's own parts": "from _pytest.assertion import rewrite\nrewrite.rewrite_asserts = print",
    "pytest's own parts by name": "def pytest_configure():\n    patch('_pytest.python.Module.collect')",
    "plugins that are computed": "import os\npytest_plugins = [os.environ['PLUGIN']]",
    "a syntax error": "def f(:",
    "an attribute set from outside": "import test_b\ntest_b.test_x = lambda: None",
}
MORE = {
    "tests/__init__.py": "",
    "tests/fixtures/__init__.py": "",
    "tests/fixtures/common.py": "import pytest\n@pytest.fixture\ndef a(): ...",
    "tests/fixtures/reaching.py": "import sys\nsys._getframe",
    "tests/fixtures/filling.py": "def fill(cls, names):\n    for n in names:\n        setattr(cls, n, print)",
    "build/__init__.py": "",
    FILE: "def test_y(): ...",
}


def liveness_after(root: Path, files: dict[str, str], test_id: str = f"{FILE}::test_x") -> Liveness:
    """What is said of a recording of a test that its file does not name."""
    write(root, {**MORE, **files})
    (path,) = record(root, test_id)
    return by_source(summary_of(path))


@pytest.mark.parametrize("name", HARMLESS)
def test_a_hook_that_leaves_ids_alone_leaves_the_proof(tmp_path: Path, name: str) -> None:
    liveness = liveness_after(tmp_path, {"tests/conftest.py": HARMLESS[name]})
    assert liveness == Liveness("stale", f"{FILE} does not define test_x, and nothing generates it")


@pytest.mark.promise("No live test is called stale")
@pytest.mark.parametrize("name", UNPROVEN)
def test_what_a_project_does_by_hooks_leaves_its_tests_unjudged(tmp_path: Path, name: str) -> None:
    files = {"tests/conftest.py": UNPROVEN[name]}
    if name == "a plugin with hooks":
        files["build/hooks.py"] = UNPROVEN["items made"]
    assert liveness_after(tmp_path, files).status == "unjudged"


def test_plugins_that_load_each_other_are_one_matter(tmp_path: Path) -> None:
    """The one that is reached in the middle of the circle is no better than the whole."""
    plugins = {
        "plugs/__init__.py": "",
        "plugs/one.py": "pytest_plugins = ['plugs.two', 'lib.unknown']",
        "plugs/two.py": "pytest_plugins = ['plugs.one']",
        "tests/a/conftest.py": "pytest_plugins = ['plugs.one']",
        "tests/b/conftest.py": "pytest_plugins = ['plugs.two']",
        "tests/b/test_c.py": "",
    }
    write(tmp_path, {**MORE, **plugins})
    source = LivenessBySource()
    paths = record(tmp_path, f"{FILE}::test_x", "tests/b/test_c.py::test_x")
    assert [source(summary_of(path)).status for path in paths] == ["unjudged", "unjudged"]


def test_a_test_module_may_load_a_plugin(tmp_path: Path) -> None:
    assert liveness_after(tmp_path, {FILE: "pytest_plugins = ['lib.plugin']"}).status == "unjudged"


def test_a_conftest_in_a_directory_for_builds_counts(tmp_path: Path) -> None:
    files = {"tests/build/conftest.py": UNPROVEN["items made"], "tests/build/test_b.py": "def test_y(): ..."}
    assert liveness_after(tmp_path, files, "tests/build/test_b.py::test_x").status == "unjudged"


def test_a_conftest_above_the_root_counts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"conftest.py": UNPROVEN["items made"]})
    assert liveness_after(tmp_path / "packages/a", {}).status == "unjudged"


def test_files_of_computed_names_may_be_generated(tmp_path: Path) -> None:
    source = "from pathlib import Path\nfor n in 'ab':\n    Path(f'test_{n}.py').write_text('')"
    assert (
        liveness_after(tmp_path, {"tests/conftest.py": source}, "tests/a/test_made.py::test_x").status
        == "unjudged"
    )


def test_a_file_that_something_may_generate_is_not_known(tmp_path: Path) -> None:
    files = {"tests/conftest.py": "from pathlib import Path\nPath('test_made.py').write_text('')"}
    assert liveness_after(tmp_path, files, "tests/a/test_made.py::test_x").status == "unjudged"


@pytest.mark.parametrize("name", ["items made", "a renamed item"])
def test_hooks_may_give_a_test_a_file_that_does_not_exist(tmp_path: Path, name: str) -> None:
    files = {"tests/conftest.py": UNPROVEN[name]}
    assert liveness_after(tmp_path, files, "tests/a/test_other.py::test_x").status == "unjudged"


ELSEWHERE = {
    "a conftest.py of another suite": "tests/c/conftest.py",
    "one above": "conftest.py",
    "a plugin that nothing here loads": "tools/my_plugin.py",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_hooks_count_wherever_they_are(tmp_path: Path, name: str) -> None:
    assert liveness_after(tmp_path, {ELSEWHERE[name]: UNPROVEN["a renamed item"]}).status == "unjudged"


DECLARED = {
    "pyproject.toml": "[project.entry-points.pytest11]\nmine = 'mine.plugin'\n",
    "setup.cfg": "[options.entry_points]\npytest11 =\n    mine = mine.plugin\n",
    "setup.py": "setup(entry_points={'pytest11': ['mine = mine.plugin']})",
}


@pytest.mark.parametrize("file", DECLARED)
@pytest.mark.parametrize("beside", [False, True])
def test_a_plugin_that_the_repository_declares_is_not_known(tmp_path: Path, file: str, beside: bool) -> None:
    (tmp_path / ".git").mkdir()
    root = tmp_path / "project"
    write(tmp_path / ("other" if beside else "project"), {file: DECLARED[file]})
    liveness = liveness_after(root, {})
    assert (liveness.status, "declares a pytest plugin" in liveness.reason) == ("unjudged", True)


@pytest.mark.parametrize("place", [".venv/lib/x/hooks.py", "node_modules/x/hooks.py", "env/lib/hooks.py"])
def test_installed_packages_are_not_searched(tmp_path: Path, place: str) -> None:
    files = {place: UNPROVEN["a renamed item"], "env/pyvenv.cfg": ""}
    assert liveness_after(tmp_path, files).status == "stale"


SETTINGS = {
    "pytest.ini": "[pytest]\n{}\n",
    ".pytest.ini": "[pytest]\n{}\n",
    "tox.ini": "[tox]\nx = 1\n[pytest]\n{}\n",
    "setup.cfg": "[tool:pytest]\n{}\n",
    "pyproject.toml": "[tool.pytest.ini_options]\n{}\n",
    "pytest.toml": "[pytest]\n{}\n",
}


def setting(file: str, key: str, *words: str) -> dict[str, str]:
    """A configuration file with one setting."""
    value = str(list(words)) if file.endswith(".toml") else " ".join(words)
    return {file: SETTINGS[file].format(f"{key} = {value}")}


@pytest.mark.parametrize("file", SETTINGS)
def test_what_pytest_collects_is_read_from_the_configuration(tmp_path: Path, file: str) -> None:
    test_id = "tests/a/check_it.py::check_x"
    assert liveness_after(tmp_path, {"tests/a/check_it.py": ""}, test_id).status == "unjudged"
    for key, words in (("python_files", ("check_*.py",)), ("python_functions", ("check_*", "try"))):
        liveness = liveness_after(tmp_path, setting(file, key, *words), test_id)
    assert liveness.status == "unjudged"  # the second setting took the place of the first
    options = setting(file, "addopts", "-o", "python_files=check_*.py", "-o", "python_functions=check_*")
    assert liveness_after(tmp_path, options, test_id).status == "stale"


@pytest.mark.parametrize("file", SETTINGS)
@pytest.mark.parametrize(
    "options", [("-p", "lib.plugin"), ("-plib.plugin",), ("-c", "other.ini"), ("--rootdir=..",)]
)
def test_options_in_the_configuration_may_bring_a_plugin(
    tmp_path: Path, file: str, options: tuple[str, ...]
) -> None:
    assert liveness_after(tmp_path, setting(file, "addopts", *options)).status == "unjudged"


def test_options_that_leave_plugins_out_leave_the_proof(tmp_path: Path) -> None:
    assert (
        liveness_after(tmp_path, setting("pytest.ini", "addopts", "-ra", "-p", "no:cacheprovider")).status
        == "stale"
    )


@pytest.mark.parametrize("name", ["PYTEST_PLUGINS", "PYTEST_ADDOPTS"])
def test_the_environment_may_bring_a_plugin(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "lib.plugin" if name == "PYTEST_PLUGINS" else "-p lib.plugin")
    assert liveness_after(tmp_path, {}).status == "unjudged"


@pytest.mark.parametrize("file", ["pytest.ini", "pyproject.toml", "setup.cfg"])
def test_a_configuration_that_cannot_be_read_leaves_tests_unjudged(tmp_path: Path, file: str) -> None:
    liveness = liveness_after(tmp_path, {file: "[tool\nx = [\n"})
    assert (liveness.status, f"{file} cannot be read" in liveness.reason) == ("unjudged", True)
