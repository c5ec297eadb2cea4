"""recctl reaches no further than its job: no network, no foreign programs, no files but those it is given."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from recctl.edit.journal.store import Journal
from tests.catalog.settling import wait_until_settled
from tests.diff.repository import Repository, ferry, new_repository
from tests.diff.test_git import in_terminal, trap
from tests.edit.trees import lay_out, tree_of, unsettled
from tests.helpers import Result, chat, chat_stream, few, problems, run, run_in_terminal, run_process
from tests.samples.builder import Recording

# Runs before recctl, in its own process only, and writes down what it does, a JSON array a line.
WATCH = """
import json, os, sys
if "recctl" in sys.orig_argv:
    LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    SEEN = ("os.", "shutil.", "socket.", "subprocess.", "sqlite3.connect", "ctypes.", "urllib.", "ftplib.",
            "http.", "smtplib.", "pty.", "pickle.", "webbrowser.", "import", "open", "exec", "compile")
    QUIET = ("os.listdir", "os.scandir", "os.fwalk", "os.walk", "os.putenv", "os.unsetenv")
    WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    BUSY = []

    def text(value):
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        return os.fsdecode(value) if isinstance(value, (str, bytes)) else repr(value)

    def watch(event, given):
        if BUSY or not event.startswith(SEEN) or event in QUIET:
            return
        if event == "open" and not (isinstance(given[2], int) and given[2] & WRITES):
            return
        if event == "compile" or event == "open" and isinstance(given[0], int):
            return
        if event == "exec":
            given = [given[0].co_filename]
        if event == "import":
            given = given[:1]
        BUSY.append(event)
        if event in ("os.remove", "os.rmdir") and given[1] >= 0:
            given = [os.path.join(os.readlink(f"/proc/self/fd/{given[1]}"), given[0])]
        if event == "subprocess.Popen":
            row = [event, *map(text, given[1])]
        else:
            row = [event, *map(text, given)]
        os.write(LOG, json.dumps(row).encode() + b"\\n")
        BUSY.pop()

    sys.addaudithook(watch)
"""
EVIL = "import pathlib\npathlib.Path({marker!r}).write_text('sprung')\nclass Class: ...\n"
EVIL_TYPES = ("os.system", "evil_module.Class", "evil_module.sub.Class", "__main__.run", "builtins.eval")
SECRET = "ghp_" + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA2bC4"

Event = list[str]


@dataclass(frozen=True)
class Watched:
    """A run of recctl, and what it did."""

    result: Result
    events: list[Event]

    def of(self, *kinds: str) -> list[Event]:
        """The events that begin so."""
        return [event for event in self.events if event[0].startswith(kinds)]


@dataclass(frozen=True)
class Place:
    """A project in which everything is a trap, and a home apart from it."""

    root: Path

    @property
    def project(self) -> Path:
        return self.root / "project"

    @property
    def marker(self) -> Path:
        return self.root / "sprung"

    def watched(self, *args: str | Path, **more: Any) -> Watched:
        """Run recctl in the project; the log is one of its own, so that runs may go on at once."""
        with tempfile.NamedTemporaryFile(dir=self.root, suffix=".log") as log:
            env = {
                "PYTHONPATH": str(self.root / "watch"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "WATCH_LOG": log.name,
                "RECCTL_CACHE_DIR": str(self.root / "cache"),
                "RECCTL_STATE_DIR": str(self.root / "state"),
                "TMPDIR": str(self.root / "tmp"),
            }
            result = run_process(*args, cwd=self.project, env=env, **more)
            rows = Path(log.name).read_text("utf-8").splitlines()
        return Watched(result, [json.loads(row) for row in rows])


def _evil(number: int) -> Recording:
    """A recording whose types and provider name things that must not be loaded."""
    stream = chat_stream("At ", "nine.", test_id=f"tests/suite/test_a.py::test_{number}", prompt=str(number))
    whole = chat(f"Token: {SECRET}", test_id=f"tests/suite/test_a.py::test_{number}", prompt=str(number))
    recording = unsettled(whole, number) if number % 2 else stream
    text = json.dumps(recording.document)
    for name in ("ChatCompletionChunk", "ChatCompletion"):
        text = text.replace(f".{name}", "Completion.Evil")
    document = json.loads(text)
    _set_types(document, EVIL_TYPES[number % len(EVIL_TYPES)])
    return Recording(f"tests/suite/recordings/{Path(recording.path).name}", document)


def _set_types(value: Any, name: str) -> None:
    if isinstance(value, dict):
        if "__type__" in value:
            value["__type__"] = name
        for item in value.values():
            _set_types(item, name)
    elif isinstance(value, list):
        for item in value:
            _set_types(item, name)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Sixty recordings, so that there is an index; half of them are committed as they are."""
    found = Place(tmp_path_factory.mktemp("reach"))
    (found.root / "watch").mkdir()
    (found.root / "tmp").mkdir()
    (found.root / "watch/sitecustomize.py").write_text(WATCH)
    repository = new_repository(found.project)
    evil = EVIL.format(marker=str(found.marker))
    for directory in (".", "tests/suite", "tests/suite/recordings"):
        repository.write(f"{directory}/evil_module.py", evil)
    repository.write("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = ['tests/suite/test_a.py']\n")
    repository.write("live.txt", "tests/suite/test_a.py::test_1\n")
    names = "".join(f"def test_{number}(): ...\n" for number in range(40))
    repository.write("tests/suite/test_a.py", names)
    repository.put(*map(_evil, range(30)), ferry("At nine."), chat(model="plain"))
    repository.commit()
    repository.put(*map(_evil, range(30, 60)), ferry("At ten."))
    repository.commit()
    repository.put(ferry("At eleven."))
    return found


READING: dict[str, tuple[str, ...]] = {
    "version": ("--version",),
    "help": ("ls", "--help"),
    "ls": ("ls",),
    "ls --json": ("ls", "--json", "--no-cache"),
    "show": ("show", "{one}"),
    "show --chunks": ("show", "{one}", "{two}", "--chunks"),
    "show --json": ("show", "{one}", "{two}", "--json"),
    "diff": ("diff",),
    "diff --rev": ("diff", "--rev", "HEAD~1..HEAD", "--json"),
    "diff A B": ("diff", "{one}", "{two}", "--part", "all"),
    "check": ("check",),
    "check for github": ("check", "--format", "github"),
    "rule": ("rule", "RC501"),
    "hash": ("hash", "{one}"),
    "normalize": ("normalize", "--volatile"),
    "prune": ("prune",),
    "prune --tests": ("prune", "--tests", "live.txt", "--max-share", "100"),
    "undo --list": ("undo", "--list"),
    "cache": ("cache",),
}


@pytest.fixture(scope="module")
def reading(place: Place) -> dict[str, Watched]:
    """Every command that only reads, run once."""
    one, two = ((place.project / _evil(number).path).as_posix() for number in (1, 2))
    commands = [[part.format(one=one, two=two) for part in command] for command in READING.values()]
    before = tree_of(place.project / "tests")
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda command: place.watched(*command), commands))
    assert tree_of(place.project / "tests") == before
    return dict(zip(READING, done, strict=True))


each_reading = pytest.mark.parametrize("name", READING)


@each_reading
def test_reading_does_its_job_in_sight_of_the_watch(reading: dict[str, Watched], name: str) -> None:
    """Otherwise all below would show nothing."""
    watched = reading[name]
    assert watched.result.code in (0, 1), watched.result.err
    assert watched.result.data
    assert watched.of("import")


@pytest.mark.promise("No network connection is opened")
@each_reading
def test_reading_talks_to_no_network(reading: dict[str, Watched], name: str) -> None:
    assert _talk(reading[name]) == []


def _talk(watched: Watched) -> list[Event]:
    """What goes to a network, or asks for an address; that `socket` is loaded is no talk."""
    return watched.of("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.")


@each_reading
def test_reading_starts_nothing_but_git(reading: dict[str, Watched], name: str) -> None:
    started = reading[name].of(
        "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.", "os.kill"
    )
    assert {(event[0], event[1]) for event in started} <= {("subprocess.Popen", "git")}
    assert (
        bool(started) == name.startswith(("diff", "prune", "check")) - (name == "diff A B") or name == "hash"
    )


@pytest.mark.promise("Nothing that a recording names is loaded")
@each_reading
def test_reading_loads_nothing_that_a_recording_names(
    reading: dict[str, Watched], place: Place, name: str
) -> None:
    watched = reading[name]
    loaded = {event[1].partition(".")[0] for event in watched.of("import")}
    assert "evil_module" not in loaded
    run_from = {event[1] for event in watched.of("exec")}
    assert [file for file in run_from if Path(file).is_relative_to(place.project)] == []
    assert watched.of("pickle.", "ctypes.dlopen") == []
    assert not place.marker.exists()


@pytest.mark.promise("Nothing is written but the plan, the journal and the index")
@each_reading
def test_reading_writes_nothing_but_the_index(reading: dict[str, Watched], place: Place, name: str) -> None:
    written = {path for path in _written(reading[name]) if not path.is_relative_to(place.root / "cache")}
    assert written <= {Path(os.devnull)}
    indexing = ("ls", "check", "check for github", "normalize")  # the latter for an id that is due
    assert name in indexing or [event for event in reading[name].of("sqlite3") if "mode=rw" in event[1]] == []


# What is done to files that are open already, or to none.
_BY_DESCRIPTOR = {"os.fork", "os.kill", "os.truncate", "os.chmod", "os.chown", "os.lockf"} | {
    f"os.{verb}xattr" for verb in ("list", "get", "set", "remove")
}


def _written(watched: Watched) -> set[Path]:
    """The paths that were opened for writing, made, renamed, changed or removed."""
    changing = ("os.rename", "os.link", "os.symlink")
    found: set[Path] = set()
    for event in watched.of("open", "os.", "shutil."):
        if event[0] not in _BY_DESCRIPTOR:
            found.update(Path(path) for path in event[1 : 3 if event[0] in changing else 2])
    return found


# ---- commands that change files

CHANGING: dict[str, tuple[str, ...]] = {
    "check": ("check", "--fix"),
    "undo check": ("undo",),
    "normalize": ("normalize", "--write"),
    "prune": ("prune", "--tests", "live.txt", "--max-share", "100", "--write"),
    "undo": ("undo",),
    "accept": ("check", "--write-baseline", "--baseline", "accepted.json"),
    "clear": ("cache", "--clear"),
    "collect": ("prune", "--collect", "--python", sys.executable, "--", "-q"),
}


@pytest.fixture(scope="module")
def changing(place: Place, reading: dict[str, Watched]) -> dict[str, tuple[Watched, set[str]]]:
    """Each command that changes something, one after the other, with the paths that it really changed."""
    found = {}
    for name, command in CHANGING.items():
        before = tree_of(place.project)
        watched = place.watched(*command)
        after = tree_of(place.project)
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        found[name] = (watched, changed)
    return found


each_changing = pytest.mark.parametrize("name", CHANGING)
Changes = dict[str, tuple[Watched, set[str]]]


@pytest.mark.promise("Nothing that a recording names is loaded")
@each_changing
def test_changing_talks_to_no_network_and_loads_nothing_named(
    changing: Changes, place: Place, name: str
) -> None:
    watched, _ = changing[name]
    assert watched.result.code in (0, 1), watched.result.err
    assert _talk(watched) == []
    assert "evil_module" not in {event[1].partition(".")[0] for event in watched.of("import")}
    assert not place.marker.exists()


@pytest.mark.promise("Nothing is written but the plan, the journal and the index")
@each_changing
def test_changing_writes_what_it_says_and_nothing_else(changing: Changes, place: Place, name: str) -> None:
    watched, changed = changing[name]
    own = [place.root / "cache", place.root / "state"] + [place.root / "tmp"] * (name == "collect")
    outside = [path for path in _written(watched) if not any(path.is_relative_to(one) for one in own)]
    recordings = place.project / "tests/suite/recordings"
    places = {recordings, (place.project / ferry("").path).parent, (place.project / chat().path).parent}
    places |= {place.project} if name == "accept" else set()
    for path in outside:
        assert path == Path(os.devnull) or (place.project / path).parent in places, path
    assert [each for each in changed if not each.endswith(".json")] == []
    assert bool(changed) == (name not in ("clear", "collect"))
    assert ("accepted.json" in changed) == (name == "accept")


@each_changing
def test_changing_starts_nothing_but_git_and_the_collection(changing: Changes, name: str) -> None:
    watched, _ = changing[name]
    started = watched.of("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.")
    foreign = [event for event in started if event[1] != "git"]
    assert [event[2:5] for event in foreign] == (
        [["-m", "pytest", "--collect-only"]] if name == "collect" else []
    )


def test_only_the_pager_that_the_user_names_is_run_on_a_terminal(place: Place, tmp_path: Path) -> None:
    log = tmp_path / "log"
    env = {
        "PYTHONPATH": str(place.root / "watch"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCH_LOG": str(log),
        "PAGER": "head -1",
    }
    shown = run_in_terminal("ls", "--no-cache", cwd=place.project, env=env, rows=3)
    started = [json.loads(row) for row in log.read_text().splitlines() if "subprocess.Popen" in row]
    assert (shown.code, started) == (0, [["subprocess.Popen", "head", "-1"]])


@pytest.mark.promise("No network connection is opened")
def test_looking_for_credentials_asks_no_server(reading: dict[str, Watched]) -> None:
    """The library that knows them can ask servers whether they are valid; it is loaded, and does not."""
    watched = reading["check"]
    assert "detect_secrets" in {event[1].partition(".")[0] for event in watched.of("import")}
    assert "RC501" in watched.result.out
    assert SECRET not in watched.result.out + watched.result.err
    assert _talk(watched) == []


# ---- programs that settings of git name

EVERYTHING = {
    "core.fsmonitor": "{trap}",
    "core.hooksPath": "{hooks}",
    "core.pager": "{trap}",
    "core.editor": "{trap}",
    "core.askPass": "{trap}",
    "core.sshCommand": "{trap}",
    "core.gitProxy": "{trap}",
    "core.alternateRefsCommand": "{trap}",
    "credential.helper": "!{trap}",
    "diff.external": "{trap}",
    "diff.trap.textconv": "{trap}",
    "diff.trap.command": "{trap}",
    "interactive.diffFilter": "{trap}",
    "merge.trap.driver": "{trap}",
    "filter.trap.clean": "{trap}",
    "filter.trap.smudge": "{trap}",
    "filter.trap.process": "{trap}",
    "gpg.program": "{trap}",
    "gpg.ssh.program": "{trap}",
    "log.showSignature": "true",
    "pager.diff": "{trap}",
    "pager.log": "{trap}",
    "pager.ls-files": "{trap}",
    "pager.ls-tree": "{trap}",
    "sequence.editor": "{trap}",
    "uploadpack.packObjectsHook": "{trap}",
} | {
    f"alias.{command}": "!{trap}"
    for command in (
        "log",
        "diff-tree",
        "diff-index",
        "ls-files",
        "ls-tree",
        "cat-file",
        "rev-parse",
        "merge-base",
    )
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "diff": ("diff",),
    "diff --rev": ("diff", "--rev", "HEAD~2..HEAD"),
    "hash": ("hash", ferry("At nine.").path),
    "prune": ("prune", "--tests", "live.txt", "--max-share", "100"),
    "check": ("check",),
}


@dataclass(frozen=True)
class Trapped:
    """A repository, and the marker that a program would leave."""

    repository: Repository
    marker: Path
    program: str

    def settings(self) -> dict[str, str]:
        hooks = self.repository.top.parent / "hooks"
        return {key: value.format(trap=self.program, hooks=hooks) for key, value in EVERYTHING.items()}

    def run_all(self, env: dict[str, str | None] | None = None) -> dict[str, Result]:
        return {name: run(*args, cwd=self.repository.top, env=env) for name, args in COMMANDS.items()}


@pytest.fixture
def trapped(tmp_path: Path) -> Trapped:
    """A recording that was edited by hand, a signed commit, and attributes for every file."""
    repository = new_repository(tmp_path / "repository")
    repository.commit(ferry("At nine."))
    repository.commit(ferry("At ten."))
    path = repository.top / ferry("At ten.").path
    path.write_bytes(path.read_bytes().replace(b"gpt-4o", b"gpt-4x"))
    repository.commit()
    content = repository.git("cat-file", "commit", "HEAD")
    head, _, message = content.partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = repository.write("signed", f"{head}\n{signature}\n\n{message}\n")
    repository.git("reset", "--soft", repository.git("hash-object", "-t", "commit", "-w", str(signed)))
    signed.unlink()
    repository.write("live.txt", "other.py::test\n")
    repository.write(".gitattributes", "* filter=trap diff=trap merge=trap\n")
    path.write_bytes(path.read_bytes().replace(b"At ten", b"At six"))
    marker = tmp_path / "sprung"
    program = trap(tmp_path, marker)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc"):
        shutil.copy(program, hooks / hook)
    return Trapped(repository, marker, program)


def _in_repository(trapped: Trapped) -> dict[str, str | None]:
    for key, value in trapped.settings().items():
        trapped.repository.git("config", key, value)
    return {}


def _in_home(trapped: Trapped) -> dict[str, str | None]:
    home = trapped.repository.top.parent / "home"
    home.mkdir()
    for key, value in trapped.settings().items():
        trapped.repository.git("config", "--file", str(home / ".gitconfig"), key, value)
    return {"HOME": str(home), "XDG_CONFIG_HOME": None}


def _in_variables(trapped: Trapped) -> dict[str, str | None]:
    settings = trapped.settings()
    env: dict[str, str | None] = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    programs = (
        "EXTERNAL_DIFF",
        "PAGER",
        "EDITOR",
        "SEQUENCE_EDITOR",
        "ASKPASS",
        "SSH",
        "SSH_COMMAND",
        "PROXY_COMMAND",
    )
    return env | {f"GIT_{name}": trapped.program for name in programs}


@pytest.mark.promise("No program that a repository names is run")
@pytest.mark.parametrize("prepare", few([_in_repository, _in_home, _in_variables], 1))
def test_no_program_that_git_is_told_of_is_run(
    trapped: Trapped, prepare: Callable[[Trapped], dict[str, str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    env = prepare(trapped)
    results = trapped.run_all(env)
    assert {name: result.code for name, result in results.items()} == dict.fromkeys(COMMANDS, 1)
    assert [line for result in results.values() for line in problems(result)] == []
    assert "since" in results["hash"].out or "commit" in results["hash"].out
    assert not trapped.marker.exists()
    for name, value in env.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    for command in (("log", "-1"), ("diff",)):
        in_terminal(trapped.repository, *command)
        assert trapped.marker.exists(), "the traps are none"
        trapped.marker.unlink()


@pytest.mark.promise("No program that a repository names is run")
def test_a_git_that_cannot_be_told_not_to_fetch_fetches_nothing(
    tmp_path: Path, trapped: Trapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older one does not know GIT_NO_LAZY_FETCH: a repository may name the program that fetches."""
    repository = trapped.repository
    blob = repository.git("rev-parse", f"HEAD~1:{ferry('At ten.').path}")
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(repository.top),
        "remote.origin.uploadpack": trapped.program,
    }
    for setting, value in settings.items():
        repository.git("config", setting, value)
    (repository.top / ".git/objects" / blob[:2] / blob[2:]).unlink()
    wrapper = tmp_path / "bin/git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec "{shutil.which("git")}" "$@"\n')
    wrapper.chmod(0o755)
    env = {"PATH": f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"}
    result = run("diff", "--rev", "HEAD~1..HEAD", cwd=repository.top, env=env)
    assert (result.code, len(problems(result))) == (2, 1), result.err
    assert not trapped.marker.exists()


# ---- links

Reach = tuple[Path, Path]


@pytest.fixture
def reach(tmp_path: Path) -> Iterator[Reach]:
    """A tree of which a file and a directory lead out of it; what lies outside must stay as it is."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    lay_out(inside, 2)
    pairs = lay_out(outside, 4, per_directory=2)
    file = inside / "tests/suite0/recordings" / pairs[-1].path.name
    file.symlink_to(pairs[-1].path)
    (inside / "tests/linked").mkdir()
    (inside / "tests/linked/recordings").symlink_to(pairs[0].path.parent)
    (tmp_path / "live.txt").write_text("other.py::test\n")
    before = tree_of(outside)
    yield inside, outside
    assert tree_of(outside) == before


@pytest.mark.promise("Nothing is written through a symbolic link")
@pytest.mark.parametrize(
    "command", ["normalize --write", "check --fix", "prune --tests ../live.txt --max-share 100 --write"]
)
def test_what_links_lead_to_is_not_changed(reach: Reach, command: str) -> None:
    inside, _ = reach
    name, *rest = command.split()
    own = [path for path in inside.rglob("*.json") if not path.is_symlink()]
    before = [path.read_bytes() for path in own]
    result = run(name, inside, *rest, cwd=inside)
    assert result.code in (1, 2)
    assert [path for path in inside.rglob("*") if path.is_symlink()]
    assert [path.read_bytes() if path.exists() else None for path in own] != before


@pytest.mark.promise("Nothing is written through a symbolic link")
@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_undo_does_not_write_through_a_directory_that_became_a_link(tmp_path: Path, command: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    pairs = lay_out(inside, 2)
    (tmp_path / "live.txt").write_text("other.py::test\n")
    listed = ["--tests", str(tmp_path / "live.txt"), "--max-share", "100"] if command == "prune" else []
    assert run(command, inside, *listed, "--write").code == 1
    directory = pairs[0].path.parent
    # What lies outside may even be what the change left: it is another's all the same.
    shutil.move(directory, outside)
    directory.symlink_to(outside)
    before = tree_of(outside)
    result = run("undo")
    assert tree_of(outside) == before
    assert (result.code, len(problems(result))) == (2, 2), result.err
    directory.unlink()
    shutil.move(outside, directory)
    assert run("undo").code == 0
    assert [pair.path.read_bytes() for pair in pairs] == [pair.old for pair in pairs]


def test_a_tree_that_was_reached_by_a_link_can_be_undone(tmp_path: Path) -> None:
    """A link that was there all the time is the user's own way to it."""
    pairs = lay_out(tmp_path / "real", 2)
    (tmp_path / "way").symlink_to(tmp_path / "real")
    assert run("normalize", tmp_path / "way/tests", "--write").code == 1
    assert [pair.path.read_bytes() for pair in pairs] == [pair.new for pair in pairs]
    assert run("undo").code == 0
    assert [pair.path.read_bytes() for pair in pairs] == [pair.old for pair in pairs]


# ---- names and modes of what is left


def _temporary_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    real = os.open

    def opened(path: Any, *args: Any, **more: Any) -> int:
        if (name := os.path.basename(os.fspath(path))).startswith(".recctl-"):
            names.append(name)
        return real(path, *args, **more)

    pairs = lay_out(tmp_path / "repo", 2)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", opened)
        assert run("normalize", tmp_path / "repo", "--write").code == 1
    assert run("undo").code == 0
    assert [pair.path.read_bytes() for pair in pairs] == [pair.old for pair in pairs]
    return names


@pytest.mark.promise("Names of temporary files cannot be foreseen")
def test_temporary_names_cannot_be_foreseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for _ in range(2) for name in _temporary_names(tmp_path, monkeypatch)]
    assert len(set(names)) == len(names) == 4
    assert all(len(name) >= len(".recctl-.tmp") + 16 for name in names)


@pytest.mark.promise("Names of temporary files cannot be foreseen")
def test_a_link_with_the_name_of_a_temporary_file_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if somebody foresaw the name."""
    pairs = lay_out(tmp_path / "repo", 1)
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    directory = pairs[0].path.parent

    def planted(size: int) -> bytes:
        (directory / f".recctl-{'00' * size}.tmp").symlink_to(victim)
        return bytes(size)

    with monkeypatch.context() as patch:
        patch.setattr("recctl.edit.files.os.urandom", planted)
        result = run("normalize", tmp_path / "repo", "--write")
    assert (result.code, "nothing was changed" in result.err) == (2, True)
    assert (victim.read_bytes(), pairs[0].path.read_bytes()) == (b"mine", pairs[0].old)


def test_links_with_simple_temporary_names_are_not_followed(tmp_path: Path) -> None:
    pairs = lay_out(tmp_path / "repo", 1)
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    name = pairs[0].path.name
    for planted in (f".recctl-{name}.tmp", f".recctl-{os.getpid()}.tmp", f"{name}.tmp", f".{name}.tmp"):
        (pairs[0].path.parent / planted).symlink_to(victim)
    assert run("normalize", tmp_path / "repo", "--write").code == 1
    assert (victim.read_bytes(), pairs[0].path.read_bytes()) == (b"mine", pairs[0].new)


@pytest.mark.promise("Only the user can read the index and the journal")
@pytest.mark.parametrize("mask", few([0o000, 0o022, 0o077], 1), ids=oct)
def test_cache_and_journal_are_the_users_alone(tmp_path: Path, mask: int) -> None:
    pairs = lay_out(tmp_path / "repo", 60)
    for pair in pairs:
        os.utime(pair.path, ns=(1_700_000_000_123_456_789,) * 2)
    wait_until_settled(tmp_path / "repo")
    env = {"RECCTL_CACHE_DIR": str(tmp_path / "c/cache"), "RECCTL_STATE_DIR": str(tmp_path / "s/state")}
    for command in (("ls",), ("normalize", "--write"), ("undo",)):
        before = os.umask(mask)
        try:
            result = run(
                command[0], *([tmp_path / "repo"] if command[0] != "undo" else []), *command[1:], env=env
            )
        finally:
            os.umask(before)
        assert result.code in (0, 1), result.err
    kept = [path for top in ("c/cache", "s/state") for path in (tmp_path / top).rglob("*")]
    assert {path.suffix for path in kept} >= {".json"}
    for path in (tmp_path / "c/cache", tmp_path / "s/state/journal", *kept):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_journal_in_a_strangers_open_directory_is_still_ones_own(tmp_path: Path) -> None:
    """Entries are closed to others even where the directory that the user names is open."""
    pairs = lay_out(tmp_path / "repo", 1)
    state = tmp_path / "state"
    (state / "journal").mkdir(parents=True)
    for path in (state, state / "journal"):
        path.chmod(0o777)
    assert run("normalize", tmp_path / "repo", "--write", env={"RECCTL_STATE_DIR": str(state)}).code == 1
    (entry,) = Journal(state / "journal").entries()
    assert entry.old_bytes(entry.items[0]) == pairs[0].old
    assert stat.S_IMODE(entry.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in entry.path.iterdir()} == {0o600}
