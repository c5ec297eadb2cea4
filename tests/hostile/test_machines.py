"""recctl on machines of every kind: what it says, its exit code, and that it never breaks down."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest

from recctl.support.processes import cores
from tests.diff.repository import ferry, new_repository
from tests.edit.processes import fork, wait_until
from tests.edit.trees import lay_out, strangers, tree_of, unsettled
from tests.helpers import (
    HANGS_AFTER,
    MODULE,
    Env,
    Result,
    chat,
    environment,
    few,
    problems,
    put,
    run,
    run_in_terminal,
    run_process,
)

# Runs one command after the other in one process, each with a stdout and a stderr of its own.
DRIVER = """
import json, os, sys
from recctl.__main__ import main
place, streams, commands = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
def point(number, target):
    if target == "leave":
        return
    if target == "broken":
        reader, writer = os.pipe()
        os.close(reader)
    else:
        writer = os.open(target, os.O_WRONLY | os.O_CREAT, 0o600)
    if writer != number:
        os.dup2(writer, number)
        os.close(writer)
codes = []
for position, command in enumerate(commands):
    for number, target in zip((1, 2), streams):
        point(number, target.format(place + "/" + str(position)))
    try:
        codes.append(main(command))
    except BaseException as error:
        codes.append(repr(error))
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
with open(place + "/codes", "w") as file:
    json.dump(codes, file)
os._exit(0)
"""
COMMANDS: dict[str, list[str]] = {
    "--version": ["--version"],
    "--help": ["--help"],
    "ls": ["ls"],
    "ls --json": ["ls", "--json"],
    "show": ["show", "{one}"],
    "diff A B": ["diff", "{one}", "{two}", "--part", "all"],
    "diff": ["diff"],
    "diff --rev": ["diff", "--rev", "HEAD~1..HEAD"],
    "check": ["check"],
    "rule": ["rule", "RC501"],
    "hash": ["hash", "{edited}"],
    "normalize": ["normalize"],
    "prune": ["prune", "--tests", "live.txt", "--max-share", "100"],
    "undo --list": ["undo", "--list"],
    "cache": ["cache"],
}
NEED_GIT = ("diff", "diff --rev")
# Commands that work without git, and say what it did not tell.
ASK_GIT = ("hash", "prune")
# What they print is where this user's own files lie.
PRIVATE = ("undo --list", "cache")
ONE, TWO, EDITED = ferry("At nine 京都 é."), chat("Two.", prompt="Where?"), chat("Three.", prompt="When?")


UNKNOWN = 54321  # the id of a user whom no system has


@dataclass(frozen=True)
class Machine:
    """How a machine differs from a good one, and what recctl says there."""

    env: Env = field(default_factory=dict)
    options: tuple[str, ...] = ()
    streams: tuple[str, str] = ("{}.out", "{}.err")
    first: Callable[[], object] | None = None
    directory: str = "project"
    same: tuple[str, ...] = tuple(COMMANDS)


def _below(path: str) -> str:
    """A path that nobody can make: a file is in its way."""
    return f"{Path(__file__)}/{path}"


HOMELESS: Env = dict.fromkeys(
    ("HOME", *(f"XDG_{part}_HOME" for part in ("CACHE", "CONFIG", "DATA", "STATE")))
)
NOT_PRIVATE = tuple(name for name in COMMANDS if name not in PRIVATE)
PLAIN = tuple(name for name in NOT_PRIVATE if "help" not in name)
C_LOCALE = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# What is written with escapes where the encoding has no room for it.
IN_ASCII = ("--version", "ls --json", "normalize", "prune")
ODD = "a b 'c' \"d\" $(e) \n f; #"

MACHINES: dict[str, Machine] = {
    "POSIX without UTF-8": Machine(C_LOCALE, same=IN_ASCII),
    "ASCII": Machine({"PYTHONIOENCODING": "ascii"}, same=IN_ASCII),
    "no home": Machine(HOMELESS, same=NOT_PRIVATE),
    "a file for a home": Machine({**HOMELESS, "HOME": __file__}, same=NOT_PRIVATE),
    "an empty home": Machine({**HOMELESS, "HOME": ""}, same=NOT_PRIVATE),
    "TERM=dumb": Machine({"TERM": "dumb"}),
    "odd sizes": Machine({"COLUMNS": "-3", "LINES": "many", "TERM": ""}, same=PLAIN + PRIVATE),
    "python -OO": Machine(options=("-OO",), same=PLAIN + PRIVATE),
    "python -W error": Machine(options=("-W", "error")),
    "python -X utf8=0": Machine(options=("-X", "utf8=0")),
    "python -I": Machine(options=("-I",)),
    "stdin closed": Machine(first=lambda: os.close(0)),
    "stderr full": Machine(streams=("{}.out", "/dev/full")),
    "stderr closed": Machine(streams=("{}.out", "leave"), first=lambda: os.close(2)),
    "only stdout": Machine(streams=("{}.out", "leave"), first=lambda: os.closerange(0, 3), same=()),
    "odd path": Machine(directory=ODD, same=NOT_PRIVATE),
    "few open files": Machine(first=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))),
    "no PATH": Machine(
        {"PATH": "/nonexistent"}, same=tuple(n for n in COMMANDS if n not in (*NEED_GIT, *ASK_GIT))
    ),
    "state below a file": Machine({"RECCTL_STATE_DIR": _below("state")}, same=NOT_PRIVATE),
    "cache below a file": Machine({"RECCTL_CACHE_DIR": _below("cache")}, same=NOT_PRIVATE),
}


@dataclass(frozen=True)
class Place:
    """Projects that are alike, in directories of several names."""

    root: Path

    def run(self, machine: Machine, name: str) -> dict[str, Result]:
        """What each command left behind."""
        kept = self.root / "kept" / re.sub(r"\W", "-", name)
        kept.mkdir(parents=True)
        done = subprocess.run(
            [sys.executable, *machine.options, *_driven(kept, machine.streams)],
            cwd=self.root / machine.directory,
            env=environment(machine.env),
            stdin=None if machine.first else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            preexec_fn=machine.first,
            timeout=HANGS_AFTER,
            check=False,
        )
        assert done.returncode == 0
        return _collected(kept)


def _driven(kept: Path, streams: Sequence[str], commands: Sequence[Sequence[str]] = ()) -> list[str]:
    names = {"one": ONE.path, "two": TWO.path, "edited": EDITED.path}
    given = commands or [[part.format(**names) for part in command] for command in COMMANDS.values()]
    return ["-c", DRIVER, str(kept), json.dumps(streams), json.dumps(given)]


def _collected(kept: Path) -> dict[str, Result]:
    codes = json.loads((kept / "codes").read_bytes())
    return {
        name: Result(codes[number], _read(kept / f"{number}.out"), _read(kept / f"{number}.err").decode())
        for number, name in enumerate(COMMANDS)
    }


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A repository with a little for every command to say."""
    root = tmp_path_factory.mktemp("machines")
    repository = new_repository(root / "project")
    repository.write("live.txt", "tests/test_trip.py::test_ferry\n")
    repository.commit(ferry("At eight."), EDITED, TWO)
    edited = repository.top / EDITED.path
    edited.write_bytes(edited.read_bytes().replace(b"When?", b"Why?"))
    gone = unsettled(chat("Gone.", test_id="tests/test_gone.py::test_gone"))
    repository.commit(ferry("At ten."), gone)
    repository.put(ONE)
    shutil.copytree(repository.top, root / ODD)
    return Place(root)


@pytest.fixture(scope="module")
def good(place: Place) -> dict[str, Result]:
    """What recctl says on a good machine."""
    return place.run(Machine(), "good")


class Told(dict[str, dict[str, Result]]):
    """What each command says on each of the others, run when it is asked for first."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.environment = dict(os.environ)  # with the home of the module, as `good` has it

    def __missing__(self, name: str) -> dict[str, Result]:
        with pytest.MonkeyPatch.context() as patch:
            for variable, text in self.environment.items():
                patch.setenv(variable, text)
            self[name] = self.place.run(MACHINES[name], name)
        return self[name]


@pytest.fixture(scope="module")
def told(place: Place) -> Told:
    return Told(place)


# Each differs little from another one.
LIKE_ANOTHER = (
    "a file for a home",
    "an empty home",
    "odd sizes",
    "python -X utf8=0",
    "stderr full",
    "odd path",
    "TERM=dumb",
    "python -I",
    "python -W error",
    "stderr closed",
    "cache below a file",
    "ASCII",
    "python -OO",
)
each_machine = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name in LIKE_ANOTHER else name for name in MACHINES],
)


def test_on_a_good_machine_every_command_has_something_to_say(good: dict[str, Result]) -> None:
    codes = {name: result.code for name, result in good.items()}
    found = ("diff A B", "diff", "diff --rev", "check", "hash", "normalize", "prune")
    assert codes == {name: int(name in found) for name in COMMANDS}
    assert [name for name, result in good.items() if not result.data] == []
    assert [line for result in good.values() for line in problems(result)] == []


@pytest.mark.promise("Locales, homes, streams, terminals and Python's options of any kind work")
@each_machine
def test_nothing_breaks_down(told: Told, name: str) -> None:
    for command, result in told[name].items():
        assert result.code in (0, 1, 2), (command, result)
        for word in ("Traceback", "a bug in recctl", "Warning"):
            assert word not in result.err + result.data.decode(errors="replace"), command
        assert len(problems(result)) <= 1, command


@pytest.mark.promise("Locales, homes, streams, terminals and Python's options of any kind work")
@each_machine
def test_answers_are_those_of_a_good_machine(told: Told, good: dict[str, Result], name: str) -> None:
    for command in MACHINES[name].same:
        result, wanted = told[name][command], good[command]
        assert (result.code, result.data) == (wanted.code, wanted.data), command
        assert result.err == ("" if MACHINES[name].streams[1] != "{}.err" else wanted.err), command


@pytest.mark.parametrize("name", few(["POSIX without UTF-8", "ASCII"], 1))
def test_where_there_is_only_ascii_all_is_said_with_escapes(
    told: Told, good: dict[str, Result], name: str
) -> None:
    for command, result in told[name].items():
        assert result.code == good[command].code, command
        assert command.endswith("--json") or result.data.isascii(), command
        assert len(result.data.splitlines()) >= len(good[command].data.splitlines()) or "help" in command
    assert b"\\u4eac\\u90fd \\xe9" in told[name]["show"].data


@pytest.mark.promise("Without git, or with an older one, a message says so")
def test_without_git_two_commands_say_so_and_the_others_work(told: Told, good: dict[str, Result]) -> None:
    results = told["no PATH"]
    for command in NEED_GIT:
        assert (results[command].code, results[command].data) == (2, b""), command
        assert problems(results[command]) == ["recctl: git not found; install git, or add it to PATH"]
    # A test file that git may track is not known to be absent.
    assert results["prune"].out.startswith("Kept, because it is unknown whether their tests exist:")
    assert "git cannot say whether it tracks" in results["prune"].out
    assert results["hash"].code == good["hash"].code
    assert good["hash"].out.startswith(results["hash"].out.splitlines()[0])


@pytest.mark.parametrize(
    "name", ["state below a file", pytest.param("a file for a home", marks=pytest.mark.slow)]
)
def test_a_journal_that_cannot_be_is_named(told: Told, name: str) -> None:
    result = told[name]["undo --list"]
    assert (result.code, len(problems(result))) == (2, 1)
    assert __file__ in result.err


# ---- output that goes nowhere


@pytest.fixture(scope="module")
def unheard(place: Place) -> dict[str, dict[str, Result]]:
    """Each command with a stdout that takes nothing."""
    machines = {
        "full": Machine(streams=("/dev/full", "{}.err")),
        "closed": Machine(streams=("leave", "{}.err"), first=lambda: os.close(1)),
        "all closed": Machine(streams=("leave", "leave"), first=lambda: os.closerange(0, 3)),
        "broken": Machine(streams=("broken", "{}.err")),
    }
    return {name: place.run(machine, f"unheard {name}") for name, machine in machines.items()}


@pytest.mark.promise("A full or closed stdout causes no traceback")
@pytest.mark.parametrize("name", few(["full", "closed"], 1))
def test_a_stdout_that_takes_nothing_is_one_line_and_exit_code_2(
    unheard: dict[str, dict[str, Result]], good: dict[str, Result], name: str
) -> None:
    why = "cannot write the output: No space left on device" if name == "full" else "stdout is closed"
    for command, result in unheard[name].items():
        if not good[command].data or (name == "closed" and "help" in command):
            assert "Traceback" not in result.err
            continue
        assert result.code == 2, command
        assert problems(result)[-1].startswith(f"recctl: {why}"), command
        assert len(problems(result)) == 1, command


def test_with_all_streams_closed_exit_codes_still_tell(
    unheard: dict[str, dict[str, Result]], good: dict[str, Result]
) -> None:
    for command, result in unheard["all closed"].items():
        assert result.code in ((2,) if good[command].data and "help" not in command else (0, 2)), command


@pytest.mark.promise("A full or closed stdout causes no traceback")
def test_a_reader_that_has_gone_is_no_error(unheard: dict[str, dict[str, Result]]) -> None:
    for command, result in unheard["broken"].items():
        assert (result.code, problems(result)) == (0, []), command


@pytest.mark.parametrize("command", few(["normalize", "check", "prune"], 1))
def test_a_change_is_made_or_said_not_to_be_though_nobody_reads_what_it_prints(
    tmp_path: Path, command: str
) -> None:
    """`recctl normalize --write | head -1` must not end well with nothing done."""
    pairs = lay_out(tmp_path / "repo", 2)
    (tmp_path / "live.txt").write_text("other.py::test\n")
    more = {
        "check": ["--fix"],
        "normalize": ["--write"],
        "prune": ["--write", "--tests", str(tmp_path / "live.txt"), "--max-share", "100"],
    }[command]
    driven = _driven(tmp_path, ("broken", "{}.err"), [[command, str(tmp_path / "repo"), *more]])
    subprocess.run([sys.executable, *driven], check=True, timeout=HANGS_AFTER, env=environment(None))
    (code,) = json.loads((tmp_path / "codes").read_bytes())
    now = [pair.path.read_bytes() if pair.path.exists() else None for pair in pairs]
    done = [None if command == "prune" else pair.new for pair in pairs]
    assert now in (done, [pair.old for pair in pairs])
    assert code == 2 or now == done, "nothing was changed, and nothing says so"


# ---- small terminals


@pytest.mark.promise("Locales, homes, streams, terminals and Python's options of any kind work")
@pytest.mark.parametrize("columns", few([1, 20], 1))
def test_small_terminals(place: Place, good: dict[str, Result], columns: int) -> None:
    """Below twenty columns it is set as for twenty: the terminal itself breaks the lines."""
    kept = place.root / f"columns{columns}"
    kept.mkdir()
    shown = run_in_terminal(
        *_driven(kept, ("leave", "{}.err")),
        program=(sys.executable,),
        columns=columns,
        cwd=place.root / "project",
        env={"NO_COLOR": "1"},
    )
    results = _collected(kept)
    assert {name: result.code for name, result in results.items()} == {
        name: result.code for name, result in good.items()
    }
    assert [line for result in results.values() for line in problems(result)] == []
    text = shown.data.decode()
    assert "Traceback" not in text
    assert "京都" in text.replace("\n", "")


# ---- programs and libraries that are missing or old

# When git learned what is asked of it, from its release notes.
SINCE = {
    "--literal-pathspecs": (1, 8),
    "--no-pager": (1, 5),
    "--no-optional-locks": (2, 15),
    "--is-shallow-repository": (2, 15),
    "--end-of-options": (2, 30),  # by rev-parse
    "--no-show-signature": (2, 10),
    "--diff-merges=first-parent": (2, 31),
    "%cs": (2, 25),
    "--no-index": (1, 8, 5),
    "--stdin": (1, 8, 2),
    "--stage": (1, 5),
}
OLD = {  # known to every git that is still about
    *(
        "-c",
        "-r",
        "-z",
        "-t",
        "-M",
        "-l0",
        "--",
        "--verify",
        "--quiet",
        "--show-toplevel",
        "--is-bare-repository",
    ),
    *(
        "--full-tree",
        "--cached",
        "--others",
        "--exclude-standard",
        "--full-name",
        "--batch",
        "--diff-filter=R",
    ),
    *("--name-status", "--no-ext-diff", "--no-textconv", "--follow", "--raw", "--no-abbrev", "--no-notes"),
    *("--no-color", "--unmerged"),
}
NEEDED = (2, 31)


def _wrapped(directory: Path, script: str) -> Env:
    """A git that first does something else; the real one is `$GIT`."""
    program = directory / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/bash\nGIT='{shutil.which('git')}'\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def asked(place: Place, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every option that recctl gives git."""
    directory = tmp_path_factory.mktemp("asked")
    log = directory / "log"
    env = _wrapped(directory, f'printf \'%s\\n\' "$@" >> \'{log}\'\nexec "$GIT" "$@"')
    place.run(Machine(env), "asked")
    return {word for word in log.read_text().splitlines() if word.startswith("-")}


@pytest.mark.promise("Without git, or with an older one, a message says so")
def test_git_2_31_is_new_enough(asked: set[str]) -> None:
    """A new option has to be dated here before it is used."""
    formats = {word for word in asked if word.startswith("--format=")}
    assert [word for word in formats if "%cs" not in word] == []
    assert asked - OLD - formats <= SINCE.keys()
    assert max(SINCE[word] for word in asked & SINCE.keys()) <= NEEDED
    assert {"--diff-merges=first-parent", "--full-tree", "--cached"} <= asked


def test_an_older_git_is_one_line(place: Place, good: dict[str, Result], tmp_path: Path) -> None:
    refuse = "\n".join(
        f'for word in "$@"; do [ "$word" = "{option}" ] && '
        f'{{ echo "fatal: unrecognized argument: $word" >&2; exit 128; }}; done'
        for option, since in SINCE.items()
        if since > (2, 25)
    )
    results = place.run(Machine(_wrapped(tmp_path, f'{refuse}\nexec "$GIT" "$@"')), "older")
    for command, result in results.items():
        assert "Traceback" not in result.err
        if command in (*NEED_GIT, "hash"):
            assert len(problems(result)) <= 1, command
            assert problems(result) == [] or "--" in result.err, "it names what git does not know"
            assert "no commit yet" not in result.err, "there is one: git is too old to say so"
        elif command not in PRIVATE:
            assert result == good[command], command


@pytest.mark.promise("A missing library is named")
@pytest.mark.parametrize("what", few(["missing", "broken"], 1))
def test_without_detect_secrets_check_says_so(place: Place, tmp_path: Path, what: str) -> None:
    """It is only needed for a file that looks suspicious; what that leaks must not pass for clean."""
    stub = tmp_path / "stub/detect_secrets/__init__.py"
    stub.parent.mkdir(parents=True)
    stub.write_text("raise ImportError('not here')\n" if what == "missing" else "")
    secret = chat("Token: ghp_" + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA2bC4")
    put(tmp_path / "leak/recordings", secret)
    env = {"PYTHONPATH": str(stub.parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*MODULE, "check", str(tmp_path / "leak")]
    done = subprocess.run(command, env=environment(env), capture_output=True, text=True, timeout=HANGS_AFTER)
    lines = [line for line in done.stderr.splitlines() if line.startswith("recctl: ")]
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(lines) == 1
    assert "detect-secrets" in lines[0]
    assert "a bug in recctl" not in lines[0]
    clean = subprocess.run(
        [*MODULE, "check", str(place.root / "project")], env=environment(env), capture_output=True
    )
    assert (clean.returncode, clean.stderr.count(b"recctl: ")) == (1, 0)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that a user without rights can reach."""
    place = Path(tempfile.mkdtemp(prefix="recctl-test-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def test_a_user_whom_the_system_does_not_know_gets_no_directory_called_tilde(open_place: Path) -> None:
    """In a container there is often neither a name for the user nor a home."""
    if os.geteuid():
        pytest.skip("only root can become another user")
    late = (
        "platformdirs.unix",
        "recctl.cli.commands.ls",
        "recctl.cli.commands.normalize",
        "recctl.catalog.request_texts",
    )
    for name in late:
        import_module(name)  # afterwards Python's own files may be out of reach
    pairs = lay_out(open_place / "repo", 60)
    for path in (open_place, *open_place.rglob("*")):
        os.chown(path, UNKNOWN, UNKNOWN)

    def forget() -> None:
        for name in HOMELESS:
            os.environ.pop(name, None)
        os.setgroups([])
        os.setgid(UNKNOWN)
        os.setuid(UNKNOWN)

    listed = fork("ls", cwd=open_place, first=forget).wait()
    written = fork("normalize", "--write", cwd=open_place, first=forget).wait()
    assert sorted(path.name for path in open_place.iterdir()) == ["repo"]
    assert "a bug in recctl" not in listed.err + written.err
    assert (listed.code, listed.data.count(b"\n")) == (0, 60), listed.err
    assert (written.code, len(problems(written))) == (2, 2)  # neither an index nor a journal
    assert "RECCTL_STATE_DIR" in written.err
    assert [pair.path.read_bytes() for pair in pairs] == [pair.old for pair in pairs]


# ---- modes, and disks that are full


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=oct)
def test_modes_of_rewritten_files_are_kept(tmp_path: Path, mask: int) -> None:
    modes = (0o644, 0o600, 0o664, 0o666, 0o444)
    pairs = lay_out(tmp_path / "repo", len(modes))
    for pair, mode in zip(pairs, modes, strict=True):
        pair.path.chmod(mode)
    for command in (["normalize", tmp_path / "repo", "--write"], ["undo"]):
        result = fork(*command, first=lambda: os.umask(mask)).wait()
        assert result.code in (0, 1), result.err
        assert [stat.S_IMODE(pair.path.stat().st_mode) for pair in pairs] == [*modes]
    assert [pair.path.read_bytes() for pair in pairs] == [pair.old for pair in pairs]


@pytest.mark.promise("A full disk changes nothing")
@pytest.mark.parametrize("size", [0, 100, 1500])
def test_check_fix_on_a_full_disk_changes_nothing(tmp_path: Path, size: int) -> None:
    """A limit on the size of files stands for the disk."""
    pairs = lay_out(tmp_path / "repo", 4)
    before = tree_of(tmp_path / "repo")
    limit = (size, size)
    result = fork(
        "check", tmp_path / "repo", "--fix", first=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    ).wait()
    assert (result.code, len(problems(result))) == (2, 1), result.err
    assert "nothing was changed" in result.err
    assert (tree_of(tmp_path / "repo"), strangers(tmp_path / "repo")) == (before, [])
    assert fork("check", tmp_path / "repo", "--fix").wait().code == 1
    assert [pair.path.read_bytes() for pair in pairs] == [pair.new for pair in pairs]


# ---- Ctrl-C while several processes are at work


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files enough that reading them takes several processes, and a while."""
    if cores() < 2:
        pytest.skip("on one core recctl starts no second process")
    place = tmp_path_factory.mktemp("large")
    directory = place / "recordings"
    directory.mkdir()
    data = chat("word " * 2000).to_bytes()
    for number in range(2500):
        (directory / f"{number:064x}.json").write_bytes(data)
    yield place
    shutil.rmtree(place)


@pytest.mark.promise("Ctrl-C leaves neither a traceback nor a process")
@pytest.mark.parametrize("whole_group", few([True, False], 1), ids=["from the keyboard", "to the process"])
@pytest.mark.parametrize("command", few([["ls", "--no-cache"], ["check"]], 1), ids=" ".join)
def test_ctrl_c_while_two_processes_read(large: Path, command: list[str], whole_group: bool) -> None:
    """Some time after the second one began, when all is loaded."""
    _interrupt(large, command, whole_group, wait=0.15)


@pytest.mark.slow
@pytest.mark.promise("Ctrl-C leaves neither a traceback nor a process")
def test_ctrl_c_just_when_the_second_process_begins(large: Path) -> None:
    """Neither of the two may print a traceback, or go on."""
    for number in range(6):
        _interrupt(large, ["ls", "--no-cache"], whole_group=bool(number % 3), wait=0)


def _interrupt(large: Path, command: list[str], whole_group: bool, wait: float) -> None:
    if not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists():
        pytest.skip("this system does not tell a process's children")
    with subprocess.Popen(
        [*MODULE, *command, str(large)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(None),
        start_new_session=True,
    ) as process:
        wait_until(lambda: bool(_children(process.pid)) or process.poll() is not None)
        children = _children(process.pid)
        time.sleep(wait)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=HANGS_AFTER)
    assert (process.returncode, err.decode()) == (130, "")
    assert children
    assert [child for child in children if _runs(child)] == []


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _runs(pid: int) -> bool:
    """Whether a process is there, and not only its exit code, which nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# Ctrl-C comes when orjson, half loaded, loads what it needs itself.
STRIKE = """
import signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "orjson.orjson":
            sys.modules.pop("dataclasses", None)
            self.is_near = True
        if name == "dataclasses" and hasattr(self, "is_near"):
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""


def test_ctrl_c_while_a_library_is_loaded_does_not_crash(tmp_path: Path) -> None:
    """orjson, interrupted at the beginning, takes the whole process with it."""
    (tmp_path / "sitecustomize.py").write_text(STRIKE)
    put(tmp_path / "recordings", chat())
    env = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    result = run_process("ls", tmp_path / "recordings", "--json", env=env)
    assert (result.code, result.err) == (130, "")


def test_where_no_second_process_can_be_had_one_does_it_all(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container may allow no more processes."""

    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("recctl.support.processes.cores", lambda: 2)
    monkeypatch.setattr(os, "fork", refuse)
    result = run("ls", large, "--no-cache", "--ids")
    assert (result.code, result.err.count("a bug in recctl"), result.data.count(b"\n")) == (0, 0, 2500)
