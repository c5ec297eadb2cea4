"""--recorder: the hashes of a recorder that is installed somewhere, and what is said where none answers.

The recorders here are hand-made, in real environments and real processes; the real ones are in
`test_real_recorders`.
"""

from __future__ import annotations

import hashlib
import json
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from recctl.recordings.ogx.hash_rules import NEWEST, Asked
from recctl.recordings.ogx.recorder import Recorder
from recctl.support.errors import RecctlError
from tests.helpers import Result, chat, few, problems, put, run, run_in_terminal
from tests.recordings.ogx.test_hash_eras import CHAT, TEST, http, inference, lookup, tool, withdrawn

CONTEXT = """
from contextvars import ContextVar
_test = ContextVar("test", default=None)
get_test_context = _test.get
set_test_context = _test.set
"""
# Hashes in a way of its own, so that nothing but it can have given the hash.
RECORDER = """
import hashlib, json
from {top}.core.testing_context import get_test_context

def digest(*parts):
    return hashlib.sha256(json.dumps(["own", *parts]).encode()).hexdigest()

def normalize_inference_request(method, url, headers, body):
    return digest(get_test_context(), method, url, headers, body)

def normalize_tool_request(provider_name, tool_name, kwargs):
    return digest(provider_name, tool_name, kwargs)

def normalize_http_request(url, method, payload):
    return digest(get_test_context(), url, method, payload)
"""


def own_hash(*parts: object) -> str:
    """What the hand-made recorder computes."""
    return hashlib.sha256(json.dumps(["own", *parts]).encode()).hexdigest()


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment without anything in it: the directory of its packages."""
    venv.create(tmp_path / "environment", symlinks=True)
    (packages,) = (tmp_path / "environment").glob("lib/python*/site-packages")
    return packages


def python_of(packages: Path) -> str:
    return str(packages.parents[2] / "bin" / "python")


def install(
    packages: Path, source: str, module: str = "ogx.testing.api_recorder", version: str = "9.9.9"
) -> str:
    """Install a recorder in an environment; its interpreter."""
    top = module.partition(".")[0]
    files = {f"{module.replace('.', '/')}.py": source.replace("{top}", top)}
    files[f"{top}/core/testing_context.py"] = CONTEXT
    for name in ("__init__.py", "core/__init__.py", "testing/__init__.py"):
        files[f"{top}/{name}"] = ""
    name = "ogx" if top == "ogx" else "llama-stack"
    files[f"{top}-{version}.dist-info/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    )
    for path, content in files.items():
        (packages / path).parent.mkdir(parents=True, exist_ok=True)
        (packages / path).write_text(content)
    return python_of(packages)


# ---- what is asked, and what is answered


def test_it_hashes_requests_of_every_kind(environment: Path) -> None:
    body = {"k": [0.1, 1e300, None, True, "\u00e9\ud800\x00", 10**30], "nan": float("nan")}
    with Recorder(install(environment, RECORDER)) as recorder:
        assert recorder.name == "ogx 9.9.9"
        assert list(
            map(
                recorder.hash,
                [inference(body, method="get"), http(body, test_id="x"), tool(body), lookup(), withdrawn()],
            )
        ) == [
            own_hash(TEST, "get", CHAT, {}, body),
            own_hash("x", CHAT, "POST", body),
            own_hash("search", "find", body),
            own_hash(TEST, "GET", "http://localhost:8080/info", {}, {}),
            None,
        ]
        assert recorder.hash(inference({}, test_id=None)) == own_hash(None, "POST", CHAT, {}, {})
        assert recorder.errors == []


def test_it_takes_requests_larger_than_a_pipe_and_thousands_of_them(environment: Path) -> None:
    large = inference({"k": "x" * 3_000_000})
    with Recorder(install(environment, RECORDER)) as recorder:
        assert recorder.hash(large) == own_hash(TEST, "POST", CHAT, {}, large.request["body"])
        asked = [inference({"k": number}) for number in range(3000)]
        assert len(set(map(recorder.hash, asked))) == 3000


def test_what_the_project_prints_is_no_answer(environment: Path) -> None:
    head = "def normalize_inference_request(method, url, headers, body):"
    loud = RECORDER.replace(head, f"{head}\n    print(sys.stdin.read(), 'x' * 200000)")
    noisy = f"import os, sys\nprint('hello', flush=True)\nos.system('echo hello')\n{loud}"
    (environment / "noise.pth").write_text("import sys; print('before all')\n")
    with Recorder(install(environment, noisy)) as recorder:
        assert recorder.hash(inference({})) == own_hash(TEST, "POST", CHAT, {}, {})


def test_nothing_of_the_current_directory_is_imported(
    environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "raise SystemExit('run')")
    for name in ("json.py", "sitecustomize.py", "usercustomize.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    with pytest.raises(RecctlError, match="no recorder is installed there, neither ogx nor llama-stack"):
        Recorder(python_of(environment))
    assert not (tmp_path / "run").exists()
    with Recorder(install(environment, RECORDER)) as recorder:
        assert recorder.hash(tool({})) == own_hash("search", "find", {})


def test_a_relative_path_and_a_name_on_the_path_are_interpreters(
    environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(environment, RECORDER)
    monkeypatch.chdir(tmp_path)
    with Recorder("environment/bin/python") as recorder:
        assert recorder.python == python_of(environment)  # the link, not where it leads
    monkeypatch.setenv("PATH", str(tmp_path / "environment/bin"))
    with Recorder("python") as recorder:
        assert recorder.hash(tool({})) == own_hash("search", "find", {})


OLD = "llama_stack.testing.inference_recorder"
OLD_RECORDER = """
import hashlib, json
def normalize_request(method, url, headers, body):
    return hashlib.sha256(json.dumps(["own", method, url, headers, body]).encode()).hexdigest()
"""


def test_a_recorder_of_the_first_era_gives_short_names(environment: Path, tmp_path: Path) -> None:
    python = install(environment, OLD_RECORDER, OLD, "0.2.24")
    (environment / "llama_stack/core/testing_context.py").unlink()
    made = chat(test_id=TEST)
    digest = own_hash("POST", CHAT, {}, made.document["request"]["body"])
    put(tmp_path / f"recordings/{digest[:12]}.json", made)
    result = run("hash", digest[:12], "--recorder", python, cwd=tmp_path)
    assert (result.code, f"* recorder    {digest[:12]}\n" in result.out) == (0, True)
    with Recorder(python) as recorder:
        assert (recorder.name, recorder.hash(tool({})), recorder.hash(http({}))) == (
            "llama-stack 0.2.24",
            None,
            None,
        )


def test_a_recorder_of_the_second_era_has_the_test_in_a_variable_of_its_own(environment: Path) -> None:
    source = """
import hashlib, json
from contextvars import ContextVar
_test_context = ContextVar("test", default=None)
def normalize_request(method, url, headers, body):
    return hashlib.sha256(json.dumps(["own", _test_context.get(), body]).encode()).hexdigest()
"""
    python = install(environment, source, OLD, "0.3.0.dev0")
    (environment / "llama_stack/core/testing_context.py").unlink()
    with Recorder(python) as recorder:
        assert (recorder.hash(inference({})), recorder.found.digits) == (own_hash(TEST, {}), 64)
        assert recorder.hash(inference({}, test_id=None)) == own_hash(None, {})


# ---- what is wrong


def refused(python: str | Path, tmp_path: Path) -> str:
    """What recctl says of an interpreter, in one line; it does nothing else."""
    path = put(tmp_path / "recordings", chat(test_id=TEST))
    said = set()
    for command in (("hash", path), ("check", path), ("diff", path, path)):
        result = run(*command, "--recorder", str(python), cwd=tmp_path)
        assert (result.code, result.out, len(problems(result))) == (2, "", 1)
        assert result.err.count("\n") == 1
        said.add(result.err)
    (line,) = said
    hint = "; name the interpreter of an environment in which the project's recorder is installed\n"
    assert line.startswith("recctl: --recorder ")
    assert line.endswith(hint)
    return line.removesuffix(hint)


SOURCES: dict[str, tuple[str, str]] = {
    "a module is missing": (
        "import httpx3",
        "ogx.testing.api_recorder cannot be imported: ModuleNotFoundError: No module named 'httpx3'",
    ),
    "a module of its own is missing": (
        "import ogx.core.nothing",
        "cannot be imported: ModuleNotFoundError: No module named 'ogx.core.nothing'",
    ),
    "it raises": ("raise TypeError('a\\nb  c')", "cannot be imported: TypeError: a b c"),
    "it exits": ("raise SystemExit(3)", "cannot be imported: SystemExit: 3"),
    "it is no Python": ("def (", "cannot be imported: SyntaxError: "),
    "it hashes nothing": (
        "x = 1",
        "ogx.testing.api_recorder has no function that is known to hash a request",
    ),
    "it ends the process": ("import os; os._exit(7)", "ended with exit code 7"),
    "it is killed": ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
    "it says why it ends": (
        "import os, sys; sys.stderr.write('out of \\x1b[31mluck\\n'); os._exit(7)",
        "ended with exit code 7: out of \\x1b[31mluck",
    ),
    "it crashes at a request": (
        f"import os\n{RECORDER}".replace("return digest", "os.abort(); return digest"),
        "was ended by signal 6",
    ),
    "it gives no hash": (RECORDER.replace("return digest(", "return str("), "answers what is no hash: "),
    "it gives a number": (RECORDER.replace("return digest(", "return len("), "answers what is no hash: "),
}


@pytest.mark.parametrize(
    "case",
    few(
        SOURCES,
        kept=("a module is missing", "it ends the process", "it gives no hash", "it crashes at a request"),
    ),
)
def test_a_recorder_that_cannot_be_asked(environment: Path, tmp_path: Path, case: str) -> None:
    source, said = SOURCES[case]
    if "str(" in source or "len(" in source:
        source = source.replace("str(", "(lambda *a: str(a))(").replace("len(", "(lambda *a: len(a))(")
    assert said in refused(install(environment, source), tmp_path)


def test_an_environment_without_a_recorder(environment: Path, tmp_path: Path) -> None:
    assert "no recorder is installed there, neither ogx" in refused(python_of(environment), tmp_path)


def test_a_release_from_before_there_was_a_recorder(environment: Path, tmp_path: Path) -> None:
    python = install(environment, "", "llama_stack.testing.other", "0.2.12")
    assert "llama-stack 0.2.12 has no recorder: too old, or installed in part" in refused(python, tmp_path)


SCRIPTS: dict[str, tuple[str, str]] = {
    "says nothing": ("#!/bin/sh\n", "ended with exit code 0"),
    "says garbage": ("#!/bin/sh\necho hello\necho there\n", "ended with exit code 0"),
    "says garbage without end": ("#!/bin/sh\nexec yes hello\n", "prints something else than the answers"),
    "says garbage without a line": (
        "#!/bin/sh\nexec cat /dev/zero\n",
        "prints something else than the answers",
    ),
    "fails": (
        "#!/bin/sh\necho 'no such option -I' >&2\nexit 2\n",
        "ended with exit code 2: no such option -I",
    ),
    "has no interpreter": ("#!/no/such/python\n", "cannot be run: "),
}


@pytest.mark.parametrize("case", few(SCRIPTS, kept=("says garbage without end", "has no interpreter")))
def test_a_program_that_is_no_python(tmp_path: Path, case: str) -> None:
    source, said = SCRIPTS[case]
    program = tmp_path / "python"
    program.write_text(source)
    program.chmod(0o755)
    assert said in refused(program, tmp_path)


PLACES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nothing": (lambda place: place / "nothing", "no such file or directory"),
    "a directory": (lambda place: place, "is a directory"),
    "a plain file": (lambda place: place / "recordings/x.txt", "is no program that can be run"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_path_that_is_no_program(tmp_path: Path, case: str) -> None:
    place, said = PLACES[case]
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings/x.txt").write_text("x")
    assert refused(place(tmp_path), tmp_path).endswith(f": {said}")


def test_one_request_that_the_recorder_cannot_hash_does_not_hide_the_others(
    environment: Path, tmp_path: Path
) -> None:
    source = RECORDER.replace(
        "return digest(get_test_context(), method",
        "assert 'bad' not in body, 'a bad\\nbody'; return digest(get_test_context(), method",
    )
    python = install(environment, source)
    put(tmp_path / "recordings", chat(prompt="Bad?", test_id=TEST, bad=1))
    put(tmp_path / "recordings", chat(prompt="Good?", test_id=TEST))
    result = run(
        "check", "recordings", "--recorder", python, "--select", "RC1", "--format", "json", cwd=tmp_path
    )
    assert [item["code"] for item in json.loads(result.out)] == ["RC102", "RC102"]
    assert "recctl: ogx 9.9.9 cannot hash 1 request: AssertionError: a bad body\n" in result.err


# ---- who counts


def named_by(recorder_hash: str, directory: Path, prompt: str = "Hi.") -> Path:
    return put(directory / f"recordings/{recorder_hash}.json", chat(prompt=prompt, test_id=TEST))


def hash_of(prompt: str) -> str:
    """What the hand-made recorder gives `chat` with a prompt."""
    request = chat(prompt=prompt, test_id=TEST).document["request"]
    return own_hash(TEST, "POST", request["url"], {}, request["body"])


def test_where_both_differ_the_recorder_counts(environment: Path, tmp_path: Path) -> None:
    python = install(environment, RECORDER)
    path = named_by(hash_of("Hi."), tmp_path)
    result = run("hash", path, "--recorder", python, cwd=tmp_path)
    ours = NEWEST.hash(Asked("inference", TEST, chat(test_id=TEST).document["request"]))
    lines = result.out.splitlines()
    assert (result.code, lines[0].split()[:2]) == (0, [f"rec-{path.stem[:12]}", "live:"])
    assert lines[3:8] == [
        f"  in force  ogx 9.9.9 of {python}",
        "  differs   the rule of 2026-10-09 gives another hash; the recorder's is used",
        "",
        f"* recorder    {path.stem}",
        f"  2026-10-09  {ours}",
    ]
    said = (
        "ogx 9.9.9 and the rule of 2026-10-09 hash 1 of 1 requests differently; recctl goes by the recorder"
    )
    assert result.err == f"recctl: {said}; recctl does not know its rule\n"
    assert run("hash", path, cwd=tmp_path).code == 1


@pytest.mark.slow
def test_check_and_diff_go_by_the_recorder_too(environment: Path, tmp_path: Path) -> None:
    python = install(environment, RECORDER)
    for number in range(400):  # as many as two processes would share
        named_by(hash_of(f"{number}?"), tmp_path, f"{number}?")
    ours = put(tmp_path / "recordings", chat(prompt="Ours?", test_id=TEST))
    options = ("--select", "RC101,RC102", "--format", "json")
    result = run("check", "recordings", "--recorder", python, *options, cwd=tmp_path)
    (finding,) = json.loads(result.out)
    assert (finding["code"], finding["path"]) == ("RC102", f"recordings/{ours.name}")
    assert "hash 401 of 401 requests differently" in result.err
    assert len(json.loads(run("check", "recordings", *options, cwd=tmp_path).out)) == 400
    one, other = (tmp_path / f"recordings/{hash_of(f'{number}?')}.json" for number in (1, 2))
    compared = run("diff", one, other, "--recorder", python, cwd=tmp_path)
    assert (compared.code, "Not the same hash: body differs.\n" in compared.out) == (1, True)
    assert "is not the hash" not in compared.out.replace("not its hash", "is not the hash")


def test_two_requests_are_the_same_where_the_recorder_says_so(environment: Path, tmp_path: Path) -> None:
    python = install(
        environment, RECORDER.replace("headers, body)", "headers)", 2).replace("headers):", "headers, body):")
    )
    paths = [put(tmp_path / "recordings", chat(prompt=prompt, test_id=TEST)) for prompt in ("One?", "Two?")]
    compared = run("diff", *paths, "--recorder", python, cwd=tmp_path)
    assert "\nSame hash: " in compared.out
    assert "\nNot the same hash: body differs." in run("diff", *paths, cwd=tmp_path).out


def test_a_release_that_has_an_older_rule_says_which(environment: Path, tmp_path: Path) -> None:
    """The recorder here hashes as its release does, and the project does not say so."""
    source = """
import hashlib, json
from urllib.parse import urlparse
from {top}.core.testing_context import get_test_context
def normalize_inference_request(method, url, headers, body):
    parts = {"method": method, "endpoint": urlparse(url).path, "body": body, "test_id": get_test_context()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
"""
    python = install(environment, source, version="1.1.3")
    path = put(tmp_path / "recordings", chat(test_id=TEST))
    agreed = run("hash", path, "--recorder", python, cwd=tmp_path)
    assert (agreed.code, agreed.err, "differs" in agreed.out) == (0, "", False)
    asked = ("hash", "--url", "https://h/v1/v1/models", "--method", "GET", "--test-id", TEST)
    result = run(*asked, "--recorder", python, cwd=tmp_path)
    said = (
        "ogx 1.1.3 and the rule of 2026-10-09 hash 1 of 1 requests differently; recctl goes by the recorder"
    )
    known = 'its release has the rule of 2026-04-09, which agrees: [tool.recctl] hash-rule = "2026-04-09"'
    assert result.err.splitlines()[-1] == f"recctl: {said}; {known}"
    (tmp_path / "pyproject.toml").write_text('[tool.recctl]\nhash-rule = "ogx 1.1"\n')
    assert run(*asked, "--recorder", python, cwd=tmp_path).err == ""


# ---- only when asked

EDITED = ("--select", "RC101,RC102")


def test_the_environment_may_name_it_and_a_file_may_not(environment: Path, tmp_path: Path) -> None:
    python = install(environment, RECORDER)
    path = named_by(hash_of("Hi."), tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.recorder]\nrecorder = '{python}'\nRECCTL_RECORDER = '{python}'\n"
    )
    (tmp_path / ".env").write_text(f"RECCTL_RECORDER={python}\n")
    commands: tuple[list[str | Path], ...] = (["hash", path], ["check", path, *EDITED], ["diff", path, path])
    assert [run(*command, cwd=tmp_path).code for command in commands[:2]] == [1, 1]
    for command in commands:
        result = run(*command, cwd=tmp_path, env={"RECCTL_RECORDER": python})
        assert (result.code, "recctl goes by the recorder" in result.err) == (0, True)
    other = run("hash", path, "--recorder", sys.executable, cwd=tmp_path, env={"RECCTL_RECORDER": python})
    assert (other.code, f"--recorder {sys.executable}: no recorder" in other.err) == (2, True)


def test_a_review_of_revisions_takes_none(environment: Path, tmp_path: Path) -> None:
    said = "--recorder needs recordings to compare; a review compares hashes by file name"
    assert run("diff", "--recorder", python_of(environment), cwd=tmp_path) == Result(
        2, b"", f"recctl: {said}\n"
    )


@pytest.mark.parametrize("columns", [80, 160])
def test_on_a_terminal_the_digits_stay_on_one_row(environment: Path, tmp_path: Path, columns: int) -> None:
    path = named_by(hash_of("Hi."), tmp_path)
    python = install(environment, RECORDER)
    more = {"columns": columns, "env": {"NO_COLOR": "1"}}
    result = run_in_terminal("hash", path.name[:12], "--recorder", python, cwd=tmp_path, **more)  # type: ignore[arg-type]
    rows = [row.rstrip() for row in result.out.split("\n")]
    assert f"* recorder    {path.stem}" in rows
    assert max(len(row) for row in rows if not row.startswith("recctl: ")) <= columns
