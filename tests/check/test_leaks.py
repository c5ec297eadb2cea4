"""RC501 and RC502: credentials and personal paths, wherever they are; no output contains them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.check.context import Context, Run, Settings
from recctl.check.rules import leaks
from recctl.recordings.ogx.hash_rules import NEWEST
from recctl.recordings.ref import Ref
from recctl.support import credentials as known
from recctl.support.credentials import credentials, is_suspicious
from tests.check.samples import (
    DETECTED,
    IN_PLACES,
    KEY,
    LETTERS,
    OTHER_FORMS,
    PROVIDER_KEYS,
    findings,
    found,
    lay_out,
    many,
    project,
    random_text,
    with_bytes,
)
from tests.helpers import chat, few, run
from tests.samples import openai_parts
from tests.samples.builder import Recording, inference, whole
from tests.samples.streams import STREAMS, TEST

# Each credential with the name in the message, or "" if the detector gives it.
ALL: list[tuple[str, str]] = [
    *PROVIDER_KEYS.items(),
    *((name, text) for texts in (OTHER_FORMS, IN_PLACES) for name, forms in texts.items() for text in forms),
    *(("", text) for texts in DETECTED.values() for text in texts),
]
NAMES = [
    *PROVIDER_KEYS,
    *(f"{name} {number}" for name, texts in OTHER_FORMS.items() for number in range(len(texts))),
    *(f"{name} {number}" for name, texts in IN_PLACES.items() for number in range(len(texts))),
    *(f"{name} {number}" for name, texts in DETECTED.items() for number in range(len(texts))),
]
each = pytest.mark.parametrize(("name", "text"), ALL, ids=NAMES)


# ---- the tables are complete


def test_there_is_a_key_of_each_provider() -> None:
    assert set(PROVIDER_KEYS) == {name for name, _ in known._TOKENS}


def test_there_is_a_text_for_each_detector() -> None:
    assert set(DETECTED) == {name for _, name in known._DETECTORS}


def test_there_is_a_text_for_each_place() -> None:
    assert set(IN_PLACES) == {name for name, _ in known._PLACES}


@pytest.mark.parametrize("detector", known._detectors(), ids=lambda detector: type(detector).__name__)
def test_each_text_is_one_that_its_detector_finds(detector: object) -> None:
    assert hasattr(detector, "analyze_string")
    for text in DETECTED[type(detector).__name__]:
        assert list(detector.analyze_string(text))


# ---- what a text holds

AROUND: dict[str, Callable[[str], str]] = {
    "alone": lambda text: text,
    "in a sentence": lambda text: f"Use {text} for it, please.",
    "in quotes": lambda text: f'key = "{text}"',
    "behind an equals sign": lambda text: f"KEY={text} # mine",
    "behind another script": lambda text: f"schlüssel\uff1a{text}\u3002",
    "on a line of its own": lambda text: f"Here it is:\n{text}\nKeep it.",
    "far inside": lambda text: f"{'word ' * 3000}{text}{' word' * 3000}",
}


@each
def test_a_text_that_holds_a_credential(name: str, text: str) -> None:
    missed = []
    for where, around in AROUND.items():
        reported = list(credentials(around(text)))
        assert len(reported) == len(set(reported))
        if not reported or (name and name not in reported):
            missed.append(where)
    assert missed == []


@each
def test_a_line_that_holds_a_credential_is_suspicious(name: str, text: str) -> None:
    assert [where for where, around in AROUND.items() if not is_suspicious(around(text).encode())] == []


def test_a_key_is_reported_once_and_by_its_best_name() -> None:
    assert list(credentials(f'"authorization": "Bearer {KEY}"')) == ["Anthropic API key"]
    assert list(credentials(f"{KEY} and {KEY}")) == ["Anthropic API key"]


def test_two_keys_are_two() -> None:
    other = PROVIDER_KEYS["Google API key"]
    assert sorted(credentials(f"{KEY} and {other}")) == ["Anthropic API key", "Google API key"]


HARMLESS = {
    "nothing": "How do I get from Paris to Nice?",
    "a word with sk in it": f"ta{KEY}",
    "a placeholder": "sk-" + "your-api-key-goes-here-42",
    "stars": "sk-" + "*" * 40,
    "an example": "AKIA" + "IOSFODNN7EXAMPLE",
    "digits in order": "sk-" + "1234567890abcdefghijklmnop",
    "one letter": "hf_" + "x" * 34,
    "few letters": "sk-" + "ab1" * 14,
    "a class of a style sheet": "sk-" + "estimator-doc-link-fitted",
    "a short one": KEY[:16],
    "a bare word": "The bearer of this letter",
    "a sentence on bearers": "It uses Bearer authentication/authorization for all calls.",
    "a page number": "https://host.org/list?token=",
    "a url with a port": "http://localhost:11434/v1",
    "an e-mail address": "mailto:jo@host.org, see https://host.org/@jo",
    "a url with an at sign later": "https://host.org:8080/a/@b",
    "a url with a user": "ssh://git@host.org/x",
    "a password that is none": "postgres://u:xxxx@h/db",
    "a schema": '"authorization": {"type": "string"}',
    "a sha": "d" * 7 + random_text(57, "0123456789abcdef"),
    "base64": random_text(400, LETTERS + "+/"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_text_that_holds_none(name: str) -> None:
    assert list(credentials(HARMLESS[name])) == []


glue = st.text(st.sampled_from(" \n\t\"'=:,;.-_/\\&?{}[]()<>|aZ09é"), max_size=6)


@given(before=glue, secret=st.sampled_from([text for _, text in ALL]), after=glue)
def test_what_is_found_is_always_suspicious(before: str, secret: str, after: str) -> None:
    """The cheap predicate may miss nothing that the patterns and detectors find in the whole text."""
    text = f"{before}{secret}{after}"
    found = [(name, text[start:end]) for name, start, end in known._found_in(text)]
    real = [name for name, value in found if known._is_real(name, value)]
    assert bool(real) <= is_suspicious(text.encode())
    assert bool(real) <= bool(list(credentials(text)))


def test_the_library_is_loaded_without_what_asks_servers() -> None:
    """As a process: this one may have loaded it for something else."""
    program = (
        "import sys; from recctl.support.credentials import credentials\n"
        "print(list(credentials('AKIA' + 'Q3EGRBH2XM5NYVKD')))\n"
        "print(sorted({'requests', 'urllib3', 'ssl'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['AWS Access Key']", "[]"]


@pytest.mark.parametrize("before", [0, 1, 1199, 1200, 1201, 2399, 2400, 2401, 50_000])
def test_a_token_is_found_wherever_a_window_ends(before: int) -> None:
    """Each detector of the library sees short parts only; what another sign stands before is not cut."""
    token = "gh" + f"p_{random_text(36)}"
    for filler in ("word ", "PRIVATE KEY ", "-----BEGIN PRIVATE " + "KEY----- "):
        text = (filler * (before // len(filler) + 1))[:before] + " " + token
        assert "GitHub Token" in list(credentials(text))


pieces_of_json = st.lists(
    st.sampled_from(
        ['"content": "', '"text":"', '\\"delta\\": \\"', '"', ",", "}", "\n", "a", " ", "\\", "\\n", "u00e9"]
    ),
    max_size=20,
).map("".join)


@given(pieces_of_json)
@example("\\" * 5 + "n")
@example('"text": "a" "text": "b",\n"text": "c"}')
def test_patterns_that_go_over_a_text_once_find_what_the_plain_ones_do(text: str) -> None:
    raw = text.encode()
    escapes = re.compile(rb"\\+(?:[nrtbf]|u[0-9a-fA-F]{4})")
    pieces = re.compile(rb'"(?:content|delta|text)\\?": ?\\?"(.*?)\\?"[,}\n]')
    assert leaks._ESCAPES.sub(b" ", raw) == escapes.sub(b" ", raw)
    assert b"".join(leaks._PIECES.findall(raw)) == b"".join(pieces.findall(raw))


# ---- wherever it is in a recording


def asked(**request: object) -> Recording:
    """A recording whose request is changed."""
    recording = chat(test_id=TEST)
    recording.document["request"] |= request
    return recording


PLACES: dict[str, Callable[[str], Recording]] = {
    "the url": lambda text: asked(url=f"https://host.org/v1/chat?next={text}"),
    "a header": lambda text: asked(headers={"x-note": text}),
    "the body": lambda text: chat(test_id=TEST, prompt=f"Use {text} for it."),
    "a line of the body": lambda text: chat(test_id=TEST, prompt=f"Here it is:\n{text}\nKeep it."),
    "behind a tab": lambda text: chat(test_id=TEST, prompt=f"key\t{text}"),
    "behind another script": lambda text: chat(test_id=TEST, prompt=f"schlüssel\uff1a{text}\u3002"),
    "the answer": lambda text: chat(f"It is {text}.", test_id=TEST),
    "the whole answer": lambda text: chat(text, test_id=TEST),
    "JSON in a string": lambda text: chat(test_id=TEST, prompt=json.dumps({"note": text})),
    "a streamed answer": lambda text: STREAMS["OpenAI chat"](["It is ", text, "."], "stop"),
    "a line of a stream": lambda text: STREAMS["Anthropic"](["It is ", text, "."], "end_turn"),
}


@pytest.mark.parametrize("place", ["the url", "a header", "the body", "the answer", "JSON in a string"])
def test_a_credential_is_found_in_every_part(place: str, tmp_path: Path) -> None:
    # Headers with a credential have their own test.
    texts = [(name, text) for name, text in ALL if name != "credential in a header"]
    messages = found_in_each(tmp_path, [PLACES[place](text) for _, text in texts])
    assert missed(texts, messages) == []


def found_in_each(root: Path, recordings: Sequence[Recording]) -> list[list[str]]:
    """Return the messages about each recording; each lies in a project of its own, one run looks at all."""
    for number, recording in enumerate(recordings):
        lay_out(root / str(number), project(recording))
    messages: list[list[str]] = [[] for _ in recordings]
    for finding in findings(root, ".", "--select", "RC501"):
        messages[int(Path(finding["path"]).parts[0])].append(finding["message"])
    return messages


def missed(texts: Sequence[tuple[str, str]], messages: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return the credentials that no message names."""
    return [
        (name, text)
        for (name, text), of_text in zip(texts, messages, strict=True)
        if not any(name in message for message in of_text)
    ]


KINDS = ["Anthropic API key", "OpenAI API key", "Hugging Face token", "Google API key"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_key_is_found_wherever_it_is(kind: str, place: str, tmp_path: Path) -> None:
    files = project(PLACES[place](PROVIDER_KEYS[kind]))
    messages = found(tmp_path, files, "RC501")
    assert [kind in message for message in messages] == [True]


@pytest.mark.parametrize("place", PLACES)
def test_the_line_is_the_one_with_the_key(place: str, tmp_path: Path) -> None:
    recording = PLACES[place](PROVIDER_KEYS["Google API key"])
    lay_out(tmp_path, project(recording))
    lines = recording.to_bytes().decode().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if PROVIDER_KEYS["Google API key"] in line)
    out = run("check", "tests", "--select", "RC501", "--format", "github", cwd=tmp_path).out
    assert f",line={number}," in out


def test_more_lines_are_counted(tmp_path: Path) -> None:
    files = project(chat(f"{KEY}!", test_id=TEST, prompt=f"Say {KEY}."))
    (message,) = found(tmp_path, files, "RC501")
    assert message.endswith(" holds what looks like: Anthropic API key, and 1 more line")


HEADERS = ("Authorization", "x-api-key", "Cookie")


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize(
    "spelling", ["as recorded", "compact", "JSON in a string", "compact JSON in a string"]
)
def test_a_header_is_known_however_it_is_written(name: str, spelling: str, tmp_path: Path) -> None:
    headers = {name: random_text(30)}
    separators = (",", ":") if "compact" in spelling else None
    if "string" in spelling:
        files = project(chat(test_id=TEST, prompt=json.dumps(headers, separators=separators)))
    else:
        recording = asked(headers=headers)
        files = {
            recording.path: json.dumps(
                recording.document, indent=None if separators else 2, separators=separators
            ).encode()
        }
    assert len(found(tmp_path, files, "RC501")) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spelling", ["compact", "CRLF", "not ASCII"])
def test_a_file_that_is_formatted_otherwise(kind: str, spelling: str, tmp_path: Path) -> None:
    recording = chat(test_id=TEST, prompt=f"Use {PROVIDER_KEYS[kind]} — now.")
    change: dict[str, Callable[[bytes], bytes]] = {
        "compact": lambda raw: json.dumps(json.loads(raw), separators=(",", ":")).encode(),
        "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
        "not ASCII": lambda raw: json.dumps(json.loads(raw), indent=2, ensure_ascii=False).encode(),
    }
    assert len(found(tmp_path, with_bytes(change[spelling], recording), "RC501")) == 1


def torn(text: str, width: int) -> list[str]:
    """A text in pieces."""
    return [text[start : start + width] for start in range(0, len(text), width)]


@pytest.mark.parametrize(
    "lead",
    few(["It is: ", "It is:\n", "", "Schlüssel\uff1a"], 1),
    ids=["words", "a line", "nothing", "script"],
)
@pytest.mark.parametrize("format_", STREAMS)
def test_a_key_that_is_split_over_chunks(format_: str, lead: str, tmp_path: Path) -> None:
    recording = STREAMS[format_](torn(f"{lead}{KEY}", 6), "stop")
    assert KEY.encode() not in recording.to_bytes()
    messages = found(tmp_path, project(recording), "RC501")
    assert messages == ["its answer, assembled from chunks, holds what looks like: Anthropic API key"]


def test_each_credential_split_over_chunks(tmp_path: Path) -> None:
    streams = [STREAMS["OpenAI chat"](torn(f"It is: {text}.", 5), "stop") for _, text in ALL]
    assert missed(ALL, found_in_each(tmp_path, streams)) == []


def test_a_key_that_is_split_and_whole_is_reported_once(tmp_path: Path) -> None:
    recording = STREAMS["OpenAI chat"](torn(f"It is: {KEY}", 6), "stop")
    recording.document["request"]["headers"] = {"x-note": KEY}
    assert len(found(tmp_path, project(recording), "RC501")) == 1


def test_the_same_harmless_lines_do_not_hide_a_key(tmp_path: Path) -> None:
    """Lines known to be clean are not searched again; a key in another file is still found."""
    root = many(tmp_path, 60)
    lay_out(root, project(chat(test_id=TEST, prompt=f"Use {KEY}.")))
    for _ in range(2):
        assert len(findings(root, "tests", "--select", "RC501")) == 1


def test_large_lines_are_not_kept(tmp_path: Path) -> None:
    """A file that is not canonical is one line: thousands of them would fill the memory."""
    recording = chat(test_id=TEST, prompt="Tell me more. " * 1_000)
    raw = json.dumps(recording.document).encode()
    shared = Run(Settings(NEWEST, max_size=1_000), use_orjson=True, needs_document=True)
    assert leaks.CREDENTIAL.check
    assert not list(leaks.CREDENTIAL.check(Context(Ref(tmp_path / "a.json"), raw, shared)))
    assert sum(map(len, shared.clean_lines)) < len(raw) / 2


# ---- nothing prints it


def outputs(root: Path) -> str:
    """All that `check` writes in every format, its baseline and the summary for GitHub among it."""
    baseline, summary = root / "baseline.json", root / "summary.md"
    given = ("check", "tests", "--select", "RC5")
    results = [
        run(*given, "--format", form, cwd=root, env={"GITHUB_STEP_SUMMARY": str(summary)})
        for form in ("text", "json", "github")
    ]
    results.append(run(*given, "--write-baseline", "--baseline", str(baseline), cwd=root))
    assert [result.code for result in results] == [1, 1, 1, 0]
    assert all(result.data or "accepted" in result.err for result in results)
    written = baseline.read_text() + summary.read_text()
    assert "RC501" in written
    return written + "".join(result.out + result.err for result in results)


@pytest.mark.promise("No output holds a credential that was found")
def test_no_output_holds_a_credential(tmp_path: Path) -> None:
    for number, (_, text) in enumerate(ALL):
        whole = chat(f"It is {text}.", test_id=TEST, prompt=f"Use {text}.")
        stream = STREAMS["OpenAI chat"](torn(f"It is: {text}.", 5), "stop")
        lay_out(tmp_path / f"tests/{number}", project(whole, stream))
    out = outputs(tmp_path)
    assert out.count("RC501") > 2 * len(ALL)
    # The names of some detectors are words of what they find.
    pieces = {text[start : start + 10] for _, text in ALL for start in range(len(text) - 9)}
    assert [piece for piece in pieces if piece in out and not piece.replace(" ", "").isalpha()] == []


# ---- personal paths

PERSONAL = {
    "Linux": "/home/alice/notes.txt",
    "macOS": "/Users/alice/notes.txt",
    "Windows": "C:\\Users\\alice\\notes.txt",
    "Windows with slashes": "C:/Users/alice/notes.txt",
    "Windows, escaped once more": "C:\\\\Users\\\\alice\\\\notes.txt",
    "a file url": "file:///home/alice/notes.txt",
    "in quotes": '"/home/alice"',
    "in brackets": "(/home/alice)",
    "a list of paths": "/usr/bin:/home/alice/bin",
    "a name that begins as nobody's": "/home/rootless/x",
    "a name that begins as nobody's, with a dash": "/home/user-alice/x",
    "a name that begins as nobody's, with a dot": "/home/user.alice/x",
    "a name with a dot": "/home/alice.smith/x",
    "at the start of a line": "Files:\n/home/alice/notes.txt",
    "behind a tab": "1\t/home/alice/notes.txt",
    "Windows at the start of a line": "Files:\nC:\\Users\\alice\\notes.txt",
    "short": "/home/al",
}
NOBODY = {
    "user": "/home/user/x",
    "a runner": "/home/runner/work/x",
    "root": "/root/x",
    "nobody's at the end": "/home/user",
    "a variable": "/home/$USER/x and /Users/${USER}/x",
    "a hole": "/home/<name>/x and /home/{name}/x",
    "a page": "https://host.org/home/about",
    "a page of users": "https://host.org/Users/alice",
    "a relative path": "src/home/alice",
    "shared on macOS": "/Users/Shared/x",
    "public on Windows": "C:\\Users\\Public\\x",
    "Windows elsewhere": "C:\\Program Files\\x",
    "another letter case": "/HOME/alice",
}


@pytest.mark.parametrize("name", PERSONAL)
def test_a_personal_path(name: str, tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(chat(test_id=TEST, prompt=PERSONAL[name])), "RC502")
    assert "holds a path below somebody's home directory" in message


@pytest.mark.parametrize("name", NOBODY)
def test_a_path_that_is_nobodys(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, project(chat(test_id=TEST, prompt=f"Look: {NOBODY[name]}.")), "RC502") == []


@pytest.mark.parametrize("name", PERSONAL)
def test_a_personal_path_is_found_the_fast_way(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a value of its own, however short."""
    monkeypatch.setattr("recctl.check.engine._MANY", 0)
    assert len(found(tmp_path, project(chat(test_id=TEST, stop=[PERSONAL[name]])), "RC502")) == 1


def test_the_line_of_a_path_is_reported_and_the_others_counted(tmp_path: Path) -> None:
    recording = chat("In /home/alice.", test_id=TEST, prompt="Read /home/alice/x.")
    lines = recording.to_bytes().decode().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "/home/alice/x" in line)
    (message,) = found(tmp_path, project(recording), "RC502")
    assert message == f"line {number} holds a path below somebody's home directory, and 1 more line"


def test_a_path_in_an_answer_and_in_a_whole_body(tmp_path: Path) -> None:
    answer = inference(TEST, openai_parts.OPENAI_URL, {}, whole({"cwd": "/Users/alice"}))
    assert len(found(tmp_path, project(answer), "RC502")) == 1


@pytest.mark.parametrize("text", ["ftp://:s3cr3t@x", f"x-api-{'key'}"])
def test_short_values_are_checked_the_fast_way_too(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = project(chat(test_id=TEST, stop=[text]))
    slow = found(tmp_path, files, "RC501")
    monkeypatch.setattr("recctl.check.engine._MANY", 0)
    assert found(tmp_path, files, "RC501") == slow
    assert len(slow) == ("://" in text)
