"""Hostile text in every field of every kind of recording: no view of any command lets it reach a terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.diff.repository import Repository, new_repository
from tests.helpers import SAMPLES, Result, chat, chat_stream, document, put, run, run_in_terminal

# ---- what strangers write

TEXTS = {
    "colour": "\x1b[5;45m",
    "screen": "\x1b[2J\x1b[H\x1b[?1049h",
    "link": "\x1b]8;;http://evil.example/\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "title": "\x1b]0;evil\x9c",
    "C1": "\x9b31m\x90q\x9c\x84\x8d",
    "return": "\rno\b\b",
    "single": "\x07\x7f\x00\x0e",
    "bidi": "\u202eevil\u202c\u2066x\u2069\u200f\u061c",
    "zero width": "\u200b\u200d\u2060\ufeff\u00ad\u180e",
    "tags": "\U000e0041\U000e007f",
    "lines": "\u2028\u2029\x0b\x0c\x85",
    "markup": "[red]a[/][link=http://evil.example]b[/link][/red]\\[",
    "marks": "e" + "\u0301\u0489" * 40,
    "wide": "京👩\u200d🔬🇯🇵❤\ufe0f",
}
HOSTILE = "".join(TEXTS.values())
# What a file name, an argument and a configuration can hold, and short enough for them.
NAME = "\x1b[45m\x9b1m\x1b]52;c;eA==\x07\r\b\x7f\u202e\u200b\u2028\U000e0041[red][b"
BRANCH = "b\u202e\u200b\x9b31m\u2028"

# ---- an independent look at what was written

# Foreground colours, bold, dim, italic, reset: all that recctl has in its styles.
_KNOWN_SGR = {"0", "1", "2", "3", *map(str, range(30, 38)), *map(str, range(90, 98))}
_NEVER_RAW = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def offences(data: bytes, allowed: str = "", sgr: bool = True) -> list[str]:
    """What in these bytes a terminal would obey, or not show; colours must end with their line."""
    text = data.decode("utf-8", "surrogateescape")
    found: list[str] = []
    position, coloured = 0, False
    while position < len(text):
        char = text[position]
        if char == "\x1b":
            end = position + 2
            while end < len(text) and text[end] in "0123456789;":
                end += 1
            parameters = text[position + 2 : end].split(";")
            known = text[position + 1 : position + 2] == "[" and text[end : end + 1] == "m"
            if not (sgr and known and set(parameters) <= _KNOWN_SGR):
                found.append(f"sequence {text[position : position + 12]!r}")
            coloured = parameters != ["0"]
            position = end
        elif char == "\n" and coloured:
            found.append(f"colour goes on after {text[max(position - 20, 0) : position]!r}")
            coloured = False
        elif unicodedata.category(char) in _NEVER_RAW and char != "\n" and char not in allowed:
            found.append(f"{char!r} after {text[max(position - 20, 0) : position]!r}")
        position += 1
    return found + ["colour goes on after the end"] * coloured


def test_the_look_finds_what_it_should() -> None:
    for name in TEXTS.keys() - {"markup", "marks"}:
        assert offences(TEXTS[name].encode()), name
    assert offences(b"\x9b31m")
    assert offences(b"\x1b[45mx\x1b[0m")
    assert offences(b"\x1b[31mx\n\x1b[0m")
    assert offences(b"\x1b[31")
    assert offences(b"a\tb")
    assert offences(b"\x1b[31mx\x1b[0m", sgr=False)
    assert offences("\x1b[1;36mé京\x1b[0m\n".encode()) == []


# ---- a project of strangers

# What readers tell formats by; the rest of every sample is made hostile.
_TOLD_BY = {"__type__", "type", "object", "event_type", "method"}


def infected(value: Any, key: str = "") -> Any:
    """A JSON value with hostile text at the end of every string, and in a key of every object."""
    if isinstance(value, dict):
        return {name: infected(item, name) for name, item in value.items()} | {HOSTILE: HOSTILE}
    if isinstance(value, list):
        return [infected(item, key) for item in value]
    if not isinstance(value, str) or key in _TOLD_BY or value == "" or value.startswith("event:"):
        return value
    if value.startswith("data: {"):
        return "data: " + json.dumps(infected(json.loads(value[6:])))
    if value.startswith("{") and value.endswith("}"):
        return json.dumps(infected(json.loads(value)), ensure_ascii=False)
    return value + HOSTILE


def _renamed(text: str) -> str:
    """What readers tell formats by, hostile too: nobody knows the format then."""
    return re.sub(
        r'("(?:__type__|object|type|event_type|method)": ")', lambda m: m[1] + "\\u001b[31m\\u202e", text
    )


@dataclass(frozen=True)
class Scene:
    """A repository with hostile recordings, and a home around it."""

    top: Path
    repository: Repository
    home: Path
    env: dict[str, str]
    edited: str = "recordings/edited.json"

    @property
    def files(self) -> list[str]:
        """Every recording there is, by its path from the top."""
        return sorted(os.path.relpath(path, self.top) for path in self.top.rglob("*.json"))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    home = tmp_path_factory.mktemp("scene")
    top = home / f"top{NAME}"
    env = {"XDG_CACHE_HOME": str(home / f"cache{NAME}"), "RECCTL_STATE_DIR": str(home / "state")}
    repository = new_repository(top)
    directory = top / f"tests{NAME}/recordings"
    for number, path in enumerate(sorted(SAMPLES.rglob("*.json"))):
        name = path.name if number % 3 else f"{number}{NAME}.json"
        text = json.dumps(infected(document(path)))
        repository.write(directory / name, text)
        if number % 6 == 1:
            repository.write(directory / f"unknown{number}{NAME}.json", _renamed(text))
    for number in range(3):
        recording = chat(HOSTILE * number, test_id=HOSTILE, model=HOSTILE, prompt=f"{HOSTILE} {number}")
        put(directory / f"sibling{number}{NAME}.json", recording)
    edited = chat("Yes.", test_id="tests/test_a.py::test_b")
    put(top / "recordings", edited)
    _commit(repository)
    repository.git("checkout", "--quiet", "-b", BRANCH)
    put(top / "recordings" / Path(edited.path).name, _reworded("recordings", edited.document))
    for path in sorted(directory.iterdir())[::2]:
        path.write_text(path.read_text().replace("evil", "worse", 3))
    _commit(repository)
    for path in sorted(directory.iterdir())[::3]:
        path.write_text(path.read_text().replace("evil", "best", 2))
    sorted(directory.iterdir())[1].unlink()
    repository.write(directory / f"cut{NAME}.json", '{"test_id": "\x1b')
    repository.write(home / "tests.txt", "tests/test_a.py::test_other\n")
    accepted = {f"x{NAME}.json": {f"RC1{NAME}": 2}}
    repository.write(
        home / f"base{NAME}.json",
        json.dumps({"kind": "recctl baseline", "version": 1, "accepted": accepted}),
    )
    program = repository.write(
        home / f"python{NAME}", f"#!/bin/sh\nprintf '%s' '{HOSTILE}'\nexit 1\n".replace("\0", "")
    )
    program.chmod(0o755)
    for name, text in _CONFIGURATIONS.items():
        repository.write(home / f"configured{NAME}/{name}/pyproject.toml", text)
        put(home / f"configured{NAME}/{name}/recordings", chat())
    manifest = {"command": HOSTILE, "directory": f"/{HOSTILE}", "created": HOSTILE, "items": []}
    repository.write(home / "journal/journal/1/manifest.json", json.dumps(manifest))
    put(home / f"changed{NAME}/{NAME}.json", chat(test_id=f"tests/test_gone.py::test_{HOSTILE}"))
    _spoil(home / f"changed{NAME}/{NAME}.json")
    return Scene(top, repository, home, env, f"recordings/{Path(edited.path).name}")


def _commit(repository: Repository) -> None:
    repository.git("add", "--all")
    subject = f"Fix {HOSTILE}".replace("\0", "").encode()
    repository.git("commit", "--quiet", "--message", subject)


def _reworded(directory: str, data: dict[str, Any]) -> Any:
    from tests.samples.builder import Recording

    changed = json.loads(json.dumps(data))
    changed["request"]["body"]["messages"][0]["content"] = f"Edited {HOSTILE}"
    return Recording(directory, changed)


def _spoil(path: Path) -> None:
    """Ids and times as the recorder never leaves them, so that there is something to normalize."""
    text = path.read_text()
    path.write_text(text.replace('"created": 0', '"created": 17').replace('"id": "rec-', '"id": "chatcmpl-'))


_QUOTED = json.dumps(NAME)
_CONFIGURATIONS = {
    "hash-rule": f"[tool.recctl]\nhash-rule = {_QUOTED}\n",
    "recordings": f"[tool.recctl]\nrecordings = [{_QUOTED}]\n",
    "wrong type": f"[tool.recctl]\nrecordings = {{ {_QUOTED} = 1 }}\n",
    "key": f"[tool.recctl.check]\n{_QUOTED} = 1\n",
    "select": f"[tool.recctl.check]\nselect = [{_QUOTED}]\n",
    "glob": f"[tool.recctl.check.per-path-ignores]\n{_QUOTED} = [{_QUOTED}]\n",
    "baseline": f"[tool.recctl.check]\nbaseline = {_QUOTED}\n",
    "no toml": f"{NAME} = {NAME}\n",
}
for _name, _text in list(_CONFIGURATIONS.items()):
    # json writes what is not of the first plane in two halves, which TOML refuses.
    _CONFIGURATIONS[_name] = _text.replace("\\udb40\\udc41", "\\U000e0041")

# ---- the views


@dataclass(frozen=True)
class View:
    """One command line: the exit codes it may have, where it runs, and what else it may write raw."""

    args: list[str]
    codes: tuple[int, ...] = (2,)
    where: str = "top"
    allowed: str = ""
    env: dict[str, str] = field(default_factory=dict)
    silent: bool = False  # nothing hostile is to be seen in it
    everywhere: bool = False  # it is laid out anew for each size of the terminal


FILES = "<files>"
EDITED = "<edited>"
HOME = "<home>"
FIRST = "<first>"
SECOND = "<second>"
SIBLING = "<sibling>"
RAW = "<raw>"

VIEWS: dict[str, View] = {
    "ls": View(["ls", "."], everywhere=True),
    "ls long": View(["ls", ".", "--long"], everywhere=True),
    "ls ids": View(["ls", ".", "--ids"]),
    "ls json": View(["ls", ".", "--json"]),
    "ls sorted": View(["ls", ".", "--sort", "model", "--reverse", "--errors"], everywhere=True),
    "show": View(["show", FILES], everywhere=True),
    "show text": View(["show", "--text", FILES], allowed="\t"),
    "show chunks": View(["show", "--chunks", FILES], everywhere=True),
    "show raw": View(["show", "--raw", RAW], (0,), HOME, "\t"),
    "show json": View(["show", "--json", FILES]),
    "diff of two": View(["diff", FIRST, SECOND, "--part", "all"], (1,), everywhere=True),
    "diff of two as json": View(["diff", FIRST, SECOND, "--part", "all", "--json"], (1,)),
    "diff with a sibling": View(["diff", SIBLING, "--part", "all"], (0, 1, 2), everywhere=True),
    "diff of the working tree": View(["diff"], everywhere=True),
    "diff of the working tree, long": View(["diff", "--long"], everywhere=True),
    "diff of the working tree, json": View(["diff", "--json"]),
    "diff of revisions": View(["diff", "--long", "--rev", f"HEAD~1..{BRANCH}"], (1,), everywhere=True),
    "check": View(["check", "."], (1,), everywhere=True),
    "check strict json": View(["check", ".", "--strict", "--format", "json"], (1,)),
    "check github": View(["check", ".", "--format", "github"], (1,)),
    "check with a baseline": View(["check", ".", "--baseline", f"{HOME}/base{NAME}.json"], (1,)),
    "check without a baseline": View(["check", "recordings", "--baseline", f"{HOME}/no{NAME}.json"]),
    "check with a wrong baseline": View(["check", "recordings", "--baseline", f"{HOME}/python{NAME}"]),
    "check written to a wrong baseline": View(
        ["check", "recordings", "--baseline", f"{HOME}/python{NAME}", "--write-baseline"]
    ),
    "rule": View(["rule", NAME]),
    "rules": View(["rule"], (0,), silent=True, everywhere=True),
    "hash": View(["hash", FIRST], (0, 1, 2), everywhere=True),
    "hash of an edited one": View(["hash", EDITED], (1,), everywhere=True),
    "hash of a request": View(
        ["hash", "--url", f"http://a/{NAME}", "--body", "/dev/null", "--test-id", NAME, "--method", NAME],
        (1, 2),
    ),
    "normalize": View(["normalize", "."], everywhere=True),
    "normalize json": View(["normalize", ".", "--volatile", "--json"]),
    "prune": View(["prune", ".", "--tests", f"{HOME}/tests.txt", "--max-share", "100"], everywhere=True),
    "prune refused": View(["prune", ".", "--tests", f"{HOME}/tests.txt", "--max-share", "0"]),
    "prune json": View(["prune", ".", "--tests", f"{HOME}/tests.txt", "--json"]),
    "prune by source": View(["prune", "."], everywhere=True),
    "prune by a failing collection": View(["prune", ".", "--collect", "--python", f"{HOME}/python{NAME}"]),
    "prune by no collection": View(["prune", ".", "--collect", "--python", f"{HOME}/no{NAME}"]),
    "prune by no list": View(["prune", ".", "--tests", NAME]),
    "undo list": View(
        ["undo", "--list"], (0,), HOME, env={"RECCTL_STATE_DIR": f"{HOME}/journal"}, everywhere=True
    ),
    "normalized": View(["normalize", "--write", "."], (1,), f"changed{NAME}"),
    "undo list of a change": View(["undo", "--list"], (0,)),
    "undone": View(["undo", "--long"], (0,), HOME),
    "pruned": View(
        ["prune", "--write", "--max-share", "100", "--tests", "tests.txt", f"changed{NAME}"], (1,), HOME
    ),
    "brought back": View(["undo", "--long"], (0,), HOME),
    "cache": View(["cache"], (0,), everywhere=True),
    "cache cleared": View(["cache", "--clear"], (0,), silent=True),
    "no such command": View([NAME]),
    "no such option": View(["ls", f"--{NAME}"]),
    "no such short option": View(["show", f"-{NAME}"]),
    "no such kind": View(["ls", "--kind", NAME]),
    "no such sort key": View(["ls", "--sort", NAME]),
    "no number": View(["ls", "--limit", NAME]),
    "no entry": View(["undo", NAME]),
    "no reference": View(
        ["show", NAME, f"test_{NAME}", f"a::{NAME}", f"./{NAME}", f"./{NAME}/{NAME}"], everywhere=True
    ),
    "no part": View(["diff", "a", "b", "--part", NAME]),
    "no recording to hash": View(["hash", NAME]),
    "no body": View(["hash", "--url", NAME, "--body", NAME]),
    "wrong body": View(["hash", "--url", NAME, "--body", f"{HOME}/python{NAME}"]),
    "no path": View(["ls", NAME]),
    "no path to check": View(["check", NAME, "--select", "RC1"]),
    "no code": View(["check", "--select", NAME]),
    "no code to ignore": View(["check", "--ignore", NAME]),
    "no format": View(["check", "--format", NAME]),
    "no path to normalize": View(["normalize", NAME]),
    "no revision": View(["diff", "--rev", f"{NAME}..HEAD"]),
    "no directory": View(["show", "abcd", "--dir", NAME]),
    "nothing for pytest": View(["prune", ".", "--", NAME], silent=True),
    **{f"configured {name}": View(["check"], where=f"configured{NAME}/{name}") for name in _CONFIGURATIONS},
}
VIEWS["configured hash-rule, hash"] = View(["hash", "abcd"], where=f"configured{NAME}/hash-rule")
del VIEWS["configured recordings"]
VIEWS["configured recordings, ls"] = View(["ls"], where=f"configured{NAME}/recordings")

# ---- run on a terminal: one process a size goes through them all

DRIVER = """
import json, os, sys
from recctl.__main__ import main

with open(sys.argv[1]) as file:
    runs = json.load(file)
for directory, env, args in runs:
    os.chdir(directory)
    before = dict(os.environ)
    os.environ.update(env)
    code = main(args)
    os.environ.clear()
    os.environ.update(before)
    os.write(1, b"\\n%s%d\\n" % (sys.argv[2].encode(), code))
"""
MARK = "=-=-= the end of a view, with exit code "

SIZES: dict[str, tuple[int, dict[str, str]]] = {
    "40": (40, {}),
    "80": (80, {"PAGER": "cat"}),
    "160": (160, {"PAGER": shutil.which("cat") or "/bin/cat"}),  # by its path it is run
}


def _arguments(scene: Scene, view: View) -> Iterator[str]:
    files = scene.files
    single = {
        FIRST: next(name for name in files if name.endswith(f"sibling0{NAME}.json")),
        SECOND: next(name for name in files if name.endswith(f"sibling2{NAME}.json")),
        SIBLING: f"./{next(name for name in files if name.endswith(f'sibling1{NAME}.json'))}",
        EDITED: f"./{scene.edited}",
        RAW: f"{scene.home}/python{NAME}",
    }
    for arg in view.args:
        if arg == FILES:
            yield from (f"./{name}" for name in files)
        else:
            yield single.get(arg) or arg.replace(HOME, str(scene.home))


def _where(scene: Scene, view: View) -> Path:
    return scene.top if view.where == "top" else scene.home / view.where.replace(HOME, ".")


class Screens(dict[tuple[str, str], Result]):
    """What every view writes to a terminal of each size, for which it has to be laid out anew."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene

    def __missing__(self, view: tuple[str, str]) -> Result:
        self.update(_written(self.scene, view[0]))
        return self[view]


@pytest.fixture(scope="module")
def screens(scene: Scene) -> Screens:
    return Screens(scene)


def _written(scene: Scene, size: str) -> list[tuple[tuple[str, str], Result]]:
    columns, env = SIZES[size]
    names = [name for of_size, name in CASES if of_size == size]
    views = [VIEWS[name] for name in names]
    runs = [
        (
            str(_where(scene, view)),
            {name: value.replace(HOME, str(scene.home)) for name, value in view.env.items()},
            [*_arguments(scene, view)],
        )
        for view in views
    ]
    script = scene.home / f"runs{size}.txt"
    script.write_text(json.dumps(runs))
    result = run_in_terminal(
        script, MARK, columns=columns, env={**scene.env, **env}, program=[sys.executable, "-c", DRIVER]
    )
    assert result.code == 0, result.data[-2000:]
    # Recctl's own way to count on a line and to take it away; whether it comes to that is a matter of time.
    data = re.sub(rb"\r\x1b\[2K([a-z ]+ [0-9,]+ of [0-9,]+)?", b"", result.data)
    parts = re.split(rb"\n" + MARK.encode() + rb"(\d+)\n", data)
    assert len(parts) == 2 * len(views) + 1
    each = zip(names, parts[::2], parts[1::2], strict=False)
    return [((size, name), Result(int(code), data, "")) for name, data, code in each]


CASES = [(size, name) for size in SIZES for name, view in VIEWS.items() if size == "80" or view.everywhere]


@pytest.mark.promise("Recorded text cannot steer a terminal")
@pytest.mark.parametrize(
    ("size", "name"),
    [pytest.param(*case, marks=pytest.mark.slow) if case[0] != "80" else case for case in CASES],
)
def test_no_view_lets_hostile_text_reach_the_terminal(screens: Screens, size: str, name: str) -> None:
    view, result = VIEWS[name], screens[size, name]
    assert offences(result.data, view.allowed) == []
    assert result.code in view.codes, result.data[-300:]
    assert (b"a bug in recctl" in result.data, b"Traceback" in result.data) == (False, False)
    # And yet it is not passed over: it stands there, as what it is.
    seen = re.search(rb"\\x1b|\\u001b|\\u202e", re.sub(rb"\s|\x1b\[[0-9;]*m", b"", result.data))
    assert (seen is None) == view.silent


# ---- pages that are markup to rich stay what they are


@pytest.mark.promise("Recorded text cannot steer a terminal")
def test_markup_is_text(tmp_path: Path) -> None:
    text = TEXTS["markup"]
    put(tmp_path / "a.json", chat(text, prompt=text, model=text, test_id=text))
    result = run_in_terminal("show", "a.json", cwd=tmp_path, columns=200, env={"NO_COLOR": "1"})
    assert (result.code, result.out.count(text)) == (0, 4)
    listed = run_in_terminal("ls", ".", "--long", cwd=tmp_path, columns=200, env={"NO_COLOR": "1"})
    assert (listed.code, listed.out.count(text)) == (0, 3)


# ---- tables keep their columns

CELLS = {
    "plain": "plain",
    "wide": "京都と北京한국어" * 5,
    "marks": "e\u0301o\u0308\u0323a" * 30,
    "pictures": "❤\ufe0f🇯🇵👍🏽1\ufe0f\u20e3" * 9,
    "picture at the end": "e\u0301" * 40 + "❤\ufe0fabc",
    "mark at the start": "\u0301\u0489abc" * 8,
    "sequences": TEXTS["colour"] * 9,
    "markup": TEXTS["markup"] * 3,
    "zalgo": "z" + "\u0336\u0489\u0301" * 60 + "o" * 50,
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("cells")
    for number, text in enumerate(CELLS.values()):
        test_id, model, name = f"t.py::test_{text}[{text}]", text, text.replace("/", "")[:60]
        put(directory / f"{number}0.json", chat_stream("a", "b", test_id=test_id))
        put(directory / f"{number}1.json", chat_stream("a", "b", model=model))
        put(directory / f"{number}2.json", chat_stream(text, "b"))
        put(directory / f"{number}3{name}.json", chat_stream("a", "b"))
        put(directory / f"{number}4.json", chat_stream(text, text, model=model, test_id=test_id))
    return directory


def spread(row: str) -> list[str]:
    """A row as the terminal's cells: a character of two columns has two, one of none has none."""
    result: list[str] = []
    for end in range(1, len(row) + 1):
        result += [row[end - 1]] * (cell_len(row[:end]) - len(result))
    return result


def out_of_line(head: str, rows: list[str]) -> list[str]:
    """The rows in which something stands in the gaps between the columns that the head names."""
    starts = [match.start() for match in re.finditer(r"(?<=  )(test|model|endpoint|chunks|answer)\b", head)]
    gaps = {column for start in starts for column in (start - 2, start - 1)}
    return [row for row in rows if {cell for at, cell in enumerate(spread(row)) if at in gaps} - {" "}]


@pytest.mark.promise("Tables keep their columns")
@pytest.mark.parametrize("columns", [40, 80, 160])
def test_columns_of_ls_stay_where_they_are(cells: Path, columns: int) -> None:
    result = run_in_terminal("ls", ".", cwd=cells, columns=columns, env={"NO_COLOR": "1"})
    lines = result.out.split("\n")[:-2]
    assert (result.code, offences(result.data, sgr=False)) == (0, [])
    assert [line for line in lines if cell_len(line) > columns] == []
    # The size stands at the right end of each row, and of the terminal where answers fit and take the rest.
    rows = [line for line in lines if line.endswith((" kB", " B")) and line.startswith("  ")]
    widths = {cell_len(row) for row in rows}
    assert (len(rows), len(widths)) == (5 * len(CELLS), 1)
    if columns >= 80:
        assert widths == {columns}
        head = lines[0]
        assert out_of_line(head, rows) == []
        chunks = head.index("chunks")
        assert {"".join(spread(row)[chunks : chunks + 6]) for row in rows} == {"     2"}


@pytest.mark.promise("Tables keep their columns")
def test_names_of_parameters_are_aligned_with_wide_ones(tmp_path: Path) -> None:
    names: dict[str, Any] = {"top_p": 7, "京都": 7, "e\u0301e\u0301": 7, "a\x1b": 7}
    put(tmp_path / "a.json", chat(**names))
    result = run_in_terminal("show", "./a.json", cwd=tmp_path, env={"NO_COLOR": "1"})
    rows = [row for row in result.out.split("\n") if row.endswith("  7")]
    assert (result.code, len(rows), len({cell_len(row) for row in rows})) == (0, 4, 1)


# ---- in a pipe: documents and texts to the byte, pages safe


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One recording, hostile and spelled without escapes, under a hostile name."""
    directory = tmp_path_factory.mktemp("piped") / f"recordings{NAME}"
    recording = chat(HOSTILE, test_id=HOSTILE, model=HOSTILE, prompt=HOSTILE, **{HOSTILE: HOSTILE})
    path = put(directory / f"{NAME}.json", recording)
    path.write_text(json.dumps(recording.document, ensure_ascii=False, indent=2))
    _spoil(path)
    return path


@pytest.mark.promise("In a pipe documents and texts are exact")
def test_documents_in_a_pipe_hold_the_very_text(piped: Path) -> None:
    (listed,) = json.loads(run("ls", "--json", ".", cwd=piped.parent.parent).out)
    (shown,) = json.loads(run("show", "--json", piped, cwd=piped.parent.parent).out)
    assert listed == {key: shown[key] for key in listed}
    assert (listed["test_id"], listed["model"]) == (HOSTILE, HOSTILE)
    assert listed["path"] == f"{piped.parent.name}/{piped.name}"
    assert shown["request"] == document(piped)["request"]["body"]
    assert shown["response"]["choices"][0]["text"] == HOSTILE


@pytest.mark.promise("In a pipe documents and texts are exact")
def test_texts_and_bytes_in_a_pipe_are_exact(piped: Path) -> None:
    assert run("show", "--text", piped) == Result(0, HOSTILE.encode(), "")
    assert run("show", "--raw", piped) == Result(0, piped.read_bytes(), "")
    assert run("ls", "--ids", piped).data == os.fsencode(NAME) + b"\n"


PAGES = [
    "ls",
    "ls --long",
    "show",
    "show --chunks",
    "check",
    "check --format github",
    "normalize",
    "hash",
    "prune --max-share 100 --tests tests.txt",
]


@pytest.mark.parametrize("view", PAGES)
def test_pages_in_a_pipe_have_no_sequences(piped: Path, view: str) -> None:
    (piped.parent / "tests.txt").write_text("tests/a.py::test_b\n")
    result = run(*view.split(), piped, cwd=piped.parent, env={"GITHUB_WORKSPACE": str(piped.parent.parent)})
    assert result.code in (0, 1)
    assert offences(result.data, "\t", sgr=False) + offences(result.err.encode(), sgr=False) == []
    assert re.search(r"\\x1b|\\u001b", result.out + result.err)
