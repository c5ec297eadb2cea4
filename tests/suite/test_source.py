"""Live tests by their source alone: what is gone, what lives, and what a source cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.suite.liveness import Liveness
from recctl.suite.node_ids import parse_node_id
from tests.helpers import chat, problems, put, run
from tests.suite.projects import by_source, record, summary_of, write

FILE = "tests/a/test_b.py"


def liveness_after(root: Path, test_id: str) -> Liveness:
    """What is said of a recording of this test."""
    (path,) = record(root, test_id)
    return by_source(summary_of(path))


def liveness_in(root: Path, source: str, names: str) -> Liveness:
    """What is said of a recording when this is the test file."""
    write(root, {FILE: source})
    return liveness_after(root, f"{FILE}::{names}")


LIVE = {
    "a function": ("def test_x(): ...", "test_x"),
    "async": ("async def test_x(): ...", "test_x"),
    "decorated": ("@pytest.mark.parametrize('a', [1])\n@deco()\ndef test_x(a): ...", "test_x[1]"),
    "a method": ("class TestC:\n    def test_x(self): ...", "TestC::test_x"),
    "an async method": ("class TestC:\n    async def test_x(self): ...", "TestC::test_x"),
    "a nested class": (
        "class TestC:\n    class TestD:\n        def test_x(self): ...",
        "TestC::TestD::test_x",
    ),
    "in an if": ("if sys.platform:\n    def test_x(): ...", "test_x"),
    "in an else": ("if sys.platform:\n    pass\nelse:\n    def test_x(): ...", "test_x"),
    "in a try": ("try:\n    def test_x(): ...\nexcept E:\n    pass", "test_x"),
    "in an except": ("try:\n    pass\nexcept E:\n    def test_x(): ...", "test_x"),
    "in a finally": ("try:\n    pass\nfinally:\n    def test_x(): ...", "test_x"),
    "in an except group": ("try:\n    pass\nexcept* E:\n    def test_x(): ...", "test_x"),
    "in a with": ("with a as b:\n    def test_x(): ...", "test_x"),
    "in a for": ("for a in b:\n    def test_x(): ...", "test_x"),
    "in a match": ("match a:\n    case 1:\n        def test_x(): ...", "test_x"),
    "in an if in a class": ("class TestC:\n    if a:\n        def test_x(self): ...", "TestC::test_x"),
    "assigned": ("test_x = make()", "test_x"),
    "assigned with a type": ("test_x: object = make()", "test_x"),
    "assigned with others": ("(test_w, [*test_x]) = make()", "test_x"),
    "assigned in a class": ("class TestC:\n    test_x = make()", "TestC::test_x"),
    "imported": ("from other import test_x", "test_x"),
    "imported as": ("from other import something as test_x", "test_x"),
    "a class assigned": ("TestC = make()", "TestC::test_x"),
    "a class imported": ("from other import TestC", "TestC::test_x"),
    "defined twice": ("def test_x(): ...\ndef test_x(): ...", "test_x"),
    "an encoding": ("# coding: latin-1\ndef test_x(): ...", "test_x"),
    "parameters with ::": ("def test_x(a): ...", "test_x[a::b/c[d]-e f]"),
    "parameters of a method": ("class TestC:\n    def test_x(self, a): ...", "TestC::test_x[TestD::test_y]"),
    "a line break in parameters": ("def test_x(a): ...", "test_x[a\nb]"),
}


@pytest.mark.promise("No live test is called stale")
@pytest.mark.parametrize("name", LIVE)
def test_live(tmp_path: Path, name: str) -> None:
    assert liveness_in(tmp_path, *LIVE[name]).status == "live"


STALE = {
    "what a newer Python warns of": (
        "def test_y():\n    '\\d'\n    assert (1) is not None",
        "test_x",
        "does not define test_x, and nothing generates it",
    ),
    "no function": ("def test_y(): ...", "test_x", "does not define test_x, and nothing generates it"),
    "an empty file": ("", "test_x", "does not define test_x, and nothing generates it"),
    "renamed": ("def test_x_y(): ...", "test_x[1]", "does not define test_x, and nothing generates it"),
    "no class": ("def test_x(): ...", "TestC::test_x", "does not define TestC, and nothing generates it"),
    "no method": (
        "class TestC:\n    def test_y(self): ...",
        "TestC::test_x",
        "does not define test_x in TestC, and nothing generates it",
    ),
    "of object alone": (
        "class TestC(object): ...",
        "TestC::test_x",
        "does not define test_x in TestC, and nothing generates it",
    ),
    "no nested class": (
        "class TestC: ...",
        "TestC::TestD::test_x",
        "does not define TestD in TestC, and nothing generates it",
    ),
    "no longer in a class": (
        "class TestC: ...\ndef test_x(): ...",
        "TestC::test_x",
        "does not define test_x in TestC",
    ),
    "now in a class": ("class TestC:\n    def test_x(self): ...", "test_x", "does not define test_x,"),
    "only in a function": ("def helper():\n    def test_x(): ...", "test_x", "does not define test_x,"),
    "only in a comment": (
        "# def test_x(): ...\n'''\ndef test_x(): ...\n'''",
        "test_x",
        "does not define test_x,",
    ),
    "imported with a dot": ("import test_x_y.test_x", "test_x", "does not define test_x,"),
}


@pytest.mark.promise("A removed test is found")
@pytest.mark.parametrize("name", STALE)
def test_stale(tmp_path: Path, name: str) -> None:
    source, names, reason = STALE[name]
    liveness = liveness_in(tmp_path, source, names)
    assert liveness.status == "stale"
    assert reason in liveness.reason


UNJUDGED = {
    "inherited": ("class TestC(Base): ...", "TestC::test_x"),
    "inherited by dots": ("class TestC(base.Base[int]): ...", "TestC::test_x"),
    "of a metaclass": ("class TestC(metaclass=M): ...", "TestC::test_x"),
    "a decorated class": ("@with_tests\nclass TestC: ...", "TestC::test_x"),
    "a nested class that is inherited": ("class TestC(Base): ...", "TestC::TestD::test_x"),
    "inherited from above every directory": (
        f"from {'.' * 99} import Base\nclass TestC(Base): ...",
        "TestC::test_x",
    ),
    "a plugin that is the root directory": ("pytest_plugins = ['/', '', '.']", "test_x"),
    "a star import": ("from other import *", "test_x"),
    "a star import in an if": ("if a:\n    from other import *", "test_x"),
    "setattr": ("setattr(module, 'test_x', f)", "test_x"),
    "setattr in a function": ("def add():\n    setattr(module, 'test_x', f)\nadd()", "test_x"),
    "setattr in a class": ("class TestC:\n    setattr(x, 'test_x', f)", "TestC::test_x"),
    "setattr on a class": ("class TestC: ...\nsetattr(TestC, 'test_x', f)", "TestC::test_x"),
    "setattr on a nested class": (
        "class TestC:\n    class TestD: ...\nsetattr(TestC.TestD, 'test_x', f)",
        "TestC::TestD::test_x",
    ),
    "builtins.setattr": ("import builtins\nbuiltins.setattr(module, 'test_x', f)", "test_x"),
    "globals": ("globals()['test_x'] = f", "test_x"),
    "globals().update": ("globals().update(test_x=f)", "test_x"),
    "vars": ("vars()['test_x'] = f", "test_x"),
    "locals in a class": ("class TestC:\n    locals()['test_x'] = f", "TestC::test_x"),
    "exec": ("exec('def test_x(): ...')", "test_x"),
    "a syntax error": ("def test_x(:", "test_x"),
    "another Python": ("print 'hello'", "test_x"),
    "a NUL": ("\0", "test_x"),
    "nested too deeply": ("x = " + "[" * 300 + "]" * 300, "test_x"),
    "far too long a sum": ("x = " + "-" * 50_000 + "1", "test_x"),
}
# Ways of giving a name that a source does show, if one looks: never a reason to remove.
NOT_STALE = {
    "a method assigned outside": ("class TestC: ...\nTestC.test_x = f", "TestC::test_x"),
    "a class defined in both branches": (
        "if a:\n    class TestC:\n        def test_x(self): ...\nelse:\n    class TestC: ...",
        "TestC::test_x",
    ),
    "a class defined after its test moved on": (
        "class TestC:\n    def test_x(self): ...\ntry:\n    import z\nexcept E:\n    class TestC: ...",
        "TestC::test_x",
    ),
    "a global of a function": ("def add():\n    global test_x\n    test_x = f\nadd()", "test_x"),
    "a capture": ("match f:\n    case {'a': test_x, **rest}: ...", "test_x"),
    "the rest of a capture": ("match f:\n    case [1, *test_x]: ...", "test_x"),
    "an as in a with": ("with a() as test_x: ...", "test_x"),
    "a walrus": ("print(test_x := make())", "test_x"),
    "the target of a for": ("for test_x in [f]: ...", "test_x"),
    "an attribute of the module": ("import sys\nsys.modules[__name__].test_x = f", "test_x"),
}


@pytest.mark.parametrize("name", UNJUDGED)
def test_unjudged(tmp_path: Path, name: str) -> None:
    assert liveness_in(tmp_path, *UNJUDGED[name]).status == "unjudged"


@pytest.mark.parametrize("name", NOT_STALE)
def test_not_stale(tmp_path: Path, name: str) -> None:
    assert liveness_in(tmp_path, *NOT_STALE[name]).status != "stale"


def test_the_inherited_test_beside_a_gone_one(tmp_path: Path) -> None:
    """What the class itself or its base defines lives."""
    source = "class Base:\n    def test_w(self): ...\nclass TestC(Base):\n    def test_x(self): ..."
    statuses = [
        liveness_in(tmp_path, source, f"TestC::{name}").status for name in ("test_x", "test_w", "test_gone")
    ]
    assert statuses == ["live", "live", "stale"]


# ---- the file


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    write(tmp_path, {"tests/other/test_z.py": ""})
    liveness = liveness_after(tmp_path, f"{FILE}::test_x")
    assert liveness == Liveness("stale", f"{FILE} does not exist")


def test_where_there_are_no_tests_at_all_none_is_gone(tmp_path: Path) -> None:
    """Recordings may be kept apart from the tests that made them."""
    liveness = liveness_after(tmp_path, f"{FILE}::test_x")
    assert liveness == Liveness("unjudged", "there are no test files where its test file would be")


def test_a_directory_in_its_place_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    assert liveness_after(tmp_path, f"{FILE}::test_x").status == "unjudged"


def test_a_test_file_that_is_no_python_tells_nothing(tmp_path: Path) -> None:
    """Plugins collect tests from JSON, which happens to be an expression of Python."""
    write(tmp_path, {"tests/a/cases.json": '{"one": [1]}'})
    assert liveness_after(tmp_path, "tests/a/cases.json::one").status == "unjudged"


def test_a_test_id_without_a_test_tells_nothing(tmp_path: Path) -> None:
    write(tmp_path, {FILE: ""})
    assert liveness_after(tmp_path, FILE).status == "unjudged"


ODD_IDS = {
    "a name longer than any file's": f"tests/a/{'x' * 300}.py::test_x",
    "a path longer than any": f"tests/a/{'x/' * 3000}test_b.py::test_x",
    "a NUL": "tests/a/te\0st.py::test_x",
    "a lone surrogate": "tests/a/\ud800.py::test_x",
    "absolute": "/etc/passwd::root",
    "only colons": "::",
    "a bracket first": "[::]",
}


@pytest.mark.parametrize("name", ODD_IDS)
def test_an_odd_test_id_is_no_trouble(tmp_path: Path, name: str) -> None:
    put(tmp_path / "tests/a/recordings", chat(test_id=ODD_IDS[name]))
    result = run("prune", tmp_path)
    assert (result.code in (0, 1, 2), [p for p in problems(result) if "a bug in recctl" in p]) == (True, [])


def test_nothing_is_imported_and_nothing_written(tmp_path: Path) -> None:
    source = f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit\ndef test_x(): ..."
    assert liveness_in(tmp_path, source, "test_x").status == "live"
    assert liveness_in(tmp_path, source, "test_y").status == "stale"
    assert not (tmp_path / "ran").exists()
    assert list(tmp_path.rglob("__pycache__")) == []


# ---- the root that the place implies

ID = "tests/integration/a/test_b.py::test_x"
PLACES = {
    "beside the test file": "tests/integration/a/recordings",
    "deeper beside it": "tests/integration/a/recordings/sub/dir",
    "the oldest directory": "tests/integration/recordings/responses",
    "the common directory": "tests/integration/common/recordings",
    "another suite's": "tests/integration/z/recordings",
    "an odd one below tests": "tests/recordings",
}


@pytest.mark.parametrize(
    "above", ["", "deep/tests/old", "a/integration"], ids=["at the top", "tests above", "a above"]
)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("liveness", ["live", "stale"])
def test_the_root_is_implied_by_the_place(tmp_path: Path, above: str, place: str, liveness: str) -> None:
    root = tmp_path / above
    write(root, {"tests/integration/a/test_b.py": f"def test_{'x' if liveness == 'live' else 'y'}(): ..."})
    path = put(root / PLACES[place], chat(test_id=ID))
    # Where `tests` alone tells, a second one above leaves two possible roots.
    doubtful = (
        "tests" in Path(above).parts and not place.endswith("beside it") and place != "beside the test file"
    )
    assert by_source(summary_of(path)).status == (
        "unjudged" if doubtful and liveness == "stale" else liveness
    )


def test_a_place_that_implies_nothing_tells_nothing(tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere/recordings", chat(test_id="suite/a/test_b.py::test_x"))
    assert by_source(summary_of(path)).status == "unjudged"


def test_a_test_file_at_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"test_b.py": "def test_x(): ..."})
    here = [put(tmp_path / "recordings", chat(test_id=f"test_b.py::test_{name}")) for name in "xy"]
    assert [by_source(summary_of(path)).status for path in here] == ["live", "stale"]


def test_a_relative_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {FILE: "def test_x(): ..."})
    (path,) = record(tmp_path, f"{FILE}::test_x")
    monkeypatch.chdir(path.parent)
    assert by_source(summary_of(Path(path.name))).status == "live"


TEST_IDS = {
    "a/test_b.py::test_c": ("a/test_b.py", ("test_c",)),
    "a/test_b.py::TestC::TestD::test_e[x]": ("a/test_b.py", ("TestC", "TestD", "test_e")),
    "a/test_b.py::test_c[x::y/z[w]]": ("a/test_b.py", ("test_c",)),
    "a[1]/test_b.py::test_c[::]": ("a[1]/test_b.py", ("test_c",)),
    "a/test_b.py": ("a/test_b.py", ()),
    "": ("", ()),
}


@pytest.mark.parametrize("test_id", TEST_IDS)
def test_a_test_id_taken_apart(test_id: str) -> None:
    name = parse_node_id(test_id)
    assert (name.file, name.names) == TEST_IDS[test_id]
