"""The hooks, run by the real pre-commit in real repositories, installed from this checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import ROOT, chat, document, put
from tests.samples.builder import Recording

pytestmark = pytest.mark.slow  # installs a package for each Python

INSTALLS_WITHIN = 300  # seconds: the hook's environment is made once, from the package index
TEST = "tests/a/test_chat.py::test_hello"
PLACE = "tests/a/recordings"


def call(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program and all it says, on either stream."""
    words = [str(word) for word in command]
    return subprocess.run(
        words,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=INSTALLS_WITHIN,
        check=False,
    )


def git(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    names = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return call("git", *names, *arguments, cwd=cwd)


def pre_commit(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return call(sys.executable, "-m", "pre_commit", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A configuration that takes the hooks from a commit of this checkout as it is now."""
    source = tmp_path_factory.mktemp("recctl")
    listed = call("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout
    for name in listed.split("\0"):
        if name.startswith("recctl/") or (name and "/" not in name and (ROOT / name).is_file()):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    git(source, "init", "-q")
    git(source, "add", "-A")
    assert git(source, "commit", "-qm", "As it is").returncode == 0
    revision = git(source, "rev-parse", "HEAD").stdout.strip()
    ids = "".join(f"      - id: {name}\n" for name in ("recctl-check", "recctl-normalize", "recctl-prune"))
    return f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n{ids}"


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def repository(tmp_path: Path, hooks: str, environments: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the hooks installed, a test, and a first commit."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(environments))
    monkeypatch.setenv("RECCTL_STATE_DIR", str(tmp_path / "state"))
    top = tmp_path / "project"
    (top / "tests/a").mkdir(parents=True)
    (top / "tests/a/test_chat.py").write_text("def test_hello():\n    ...\n")
    (top / ".pre-commit-config.yaml").write_text(hooks)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "Begin")
    assert pre_commit(top, "install").returncode == 0
    return top


def healthy(prompt: str = "Hi.") -> Recording:
    return chat("Hello.", test_id=TEST, prompt=prompt)


def commit(repository: Path) -> subprocess.CompletedProcess[str]:
    """Everything that there is, committed as a person would."""
    git(repository, "add", "-A")
    return git(repository, "commit", "-m", "Change")


def commits(repository: Path) -> int:
    return int(git(repository, "rev-list", "--count", "HEAD").stdout)


def test_a_commit_without_recordings_passes(repository: Path) -> None:
    (repository / "README.md").write_text("A project.\n")
    done = commit(repository)
    assert (done.returncode, commits(repository)) == (0, 2), done.stdout


def test_a_healthy_recording_passes(repository: Path) -> None:
    put(repository / PLACE, healthy())
    done = commit(repository)
    assert (done.returncode, commits(repository)) == (0, 2), done.stdout


def test_an_edited_recording_is_refused_and_said_what_to_do(repository: Path) -> None:
    path = put(repository / PLACE, healthy())
    path.write_text(path.read_text().replace("gpt-4o", "gpt-4o-mini"))
    done = commit(repository)
    assert (done.returncode != 0, commits(repository)) == (True, 1)
    told = [line for line in done.stdout.splitlines() if "RC101" in line]
    assert "its name is not the hash of its request under any hash rule" in told[0]
    assert "recctl rule RC101 explains" in done.stdout
    assert path.relative_to(repository).as_posix() in done.stdout


def test_what_lies_elsewhere_is_none_of_its_business(repository: Path) -> None:
    (repository / "settings.json").write_text("{")
    assert commit(repository).returncode == 0


def test_an_id_is_normalized_and_the_second_commit_passes(repository: Path) -> None:
    recording = healthy()
    recording.document["response"]["body"]["__data__"] |= {"id": "chatcmpl-1", "created": 7}
    path = put(repository / PLACE, recording)
    first = commit(repository)
    assert (first.returncode != 0, commits(repository)) == (True, 1)
    assert "files were modified by this hook" in first.stdout
    data = document(path)["response"]["body"]["__data__"]
    assert (data["id"], data["created"]) == (f"rec-{path.stem[:12]}", 0)
    second = commit(repository)
    assert (second.returncode, commits(repository)) == (0, 2), second.stdout


def test_many_files_in_several_processes_at_once(repository: Path) -> None:
    """pre-commit hands out the files to as many processes as there are cores."""
    paths = [put(repository / PLACE, healthy(f"Question {number}")) for number in range(300)]
    paths[7].write_text(paths[7].read_text().replace("gpt-4o", "gpt-5"))
    done = commit(repository)
    assert (done.returncode != 0, done.stdout.count("RC101 its name")) == (True, 1)


def test_recordings_of_gone_tests_are_found_when_asked_only(repository: Path) -> None:
    put(repository / PLACE, healthy())
    assert commit(repository).returncode == 0
    (repository / "tests/a/test_chat.py").write_text("def test_other():\n    ...\n")
    assert commit(repository).returncode == 0
    asked = pre_commit(repository, "run", "--hook-stage", "manual", "recctl-prune", "--all-files")
    assert (asked.returncode, "1 recording of 1 test to remove" in asked.stdout) == (1, True), asked.stdout
    assert len(list((repository / PLACE).iterdir())) == 1


# ---- names that look like options

OPTIONS = ("--write", "--strict", "--baseline=b", "--select=RC4", "--ignore=RC1", "-h", "--", "-")


def edited(prompt: str) -> bytes:
    """A recording that is wrong: an error, which any of these options but the right ones would hide."""
    return healthy(prompt).to_bytes().replace(b"gpt-4o", b"gpt-4o-mini")


@pytest.mark.promise("A file name is never taken for an option")
@pytest.mark.parametrize("option", OPTIONS)
def test_a_directory_named_like_an_option_is_checked(repository: Path, option: str) -> None:
    path = repository / option / "recordings/x.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(edited("Hi."))
    done = commit(repository)
    assert (done.returncode != 0, commits(repository)) == (True, 1)
    assert f"./{option}/recordings/x.json" in done.stdout
    assert done.stdout.count("RC101 its name") == 1
    assert "recctl: " not in done.stdout


@pytest.mark.parametrize("option", ["--write", "--volatile", "--help"])
def test_a_file_named_like_an_option_of_the_hook_changes_nothing(repository: Path, option: str) -> None:
    """It is a file to normalize, and it is no recording: the hook says so, and writes the others."""
    configured(repository, "recctl-normalize", "files: ''")
    recording = healthy()
    recording.document["response"]["body"]["__data__"]["created"] = 7
    path = put(repository / PLACE, recording)
    (repository / option).write_text("{")
    done = commit(repository)
    assert (done.returncode != 0, commits(repository)) == (True, 1)
    assert f"./{option}: is " in done.stdout
    assert document(path)["response"]["body"]["__data__"]["created"] == 0


def configured(repository: Path, hook: str, settings: str) -> None:
    """Give a hook of the repository's configuration some settings, and take the other hooks out."""
    config = repository / ".pre-commit-config.yaml"
    head = config.read_text().partition("    hooks:")[0]
    config.write_text(f"{head}    hooks:\n      - id: {hook}\n        {settings}\n")


@pytest.mark.promise("A file name is never taken for an option")
def test_a_file_at_the_top_named_like_an_option_is_checked(repository: Path) -> None:
    """A baseline that accepts everything, given by nothing but its name."""
    configured(repository, "recctl-check", r"files: \.json$")
    wrong = put(repository / PLACE, healthy())
    wrong.write_bytes(edited("Hi."))
    accepted = {"accepted": {wrong.relative_to(repository).as_posix(): {"RC101": 1}}}
    (repository / "--baseline=b.json").write_text(json.dumps(accepted))
    (repository / "b.json").write_text(json.dumps(accepted))
    done = commit(repository)
    assert (done.returncode != 0, commits(repository)) == (True, 1)
    assert [code for code in ("RC101", "RC003") if f"{code} it" not in done.stdout] == []


def test_options_in_args_still_work(repository: Path) -> None:
    """With several of them, and with a value of its own; files named like one do not stand in the way."""
    recording = healthy()
    recording.document["response"]["body"]["__data__"]["choices"][0]["message"]["content"] = ""
    put(repository / PLACE, recording)  # a warning: RC204
    configured(repository, "recctl-check", "args: [--select, RC2]")
    assert commit(repository).returncode == 0
    configured(repository, "recctl-check", "args: [--strict, --select, RC2, --ignore=RC3]")
    asked = pre_commit(repository, "run", "recctl-check", "--all-files")
    assert (asked.returncode, "RC204" in asked.stdout) == (1, True), asked.stdout
    configured(repository, "recctl-check", "args: [--strict, --ignore=RC204]")
    assert pre_commit(repository, "run", "recctl-check", "--all-files").returncode == 0


def test_what_lies_in_a_directory_named_like_an_option_is_normalized(repository: Path) -> None:
    configured(repository, "recctl-normalize", "args: [--volatile]")
    (repository / "--write").mkdir()
    (repository / "--volatile").mkdir()
    recording = healthy()
    recording.document["response"]["body"]["__data__"] |= {"created": 7, "system_fingerprint": "fp_1"}
    path = put(repository / "--write/recordings", recording)
    first = commit(repository)
    assert first.returncode != 0
    assert "files were modified by this hook" in first.stdout
    data = document(path)["response"]["body"]["__data__"]
    assert (data["created"], data["system_fingerprint"]) == (0, None)
    assert commit(repository).returncode == 0
