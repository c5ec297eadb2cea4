"""RC5: what should not be in a repository: credentials, and paths of somebody's own machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from recctl.check.context import Subject
from recctl.check.rules.rule import Note, Rule
from recctl.support.credentials import credentials, is_suspicious

# Prompts and schemas come again in many recordings of a suite.
_MOST_HARMLESS = 20_000
_harmless: set[bytes] = set()
# One escape, however often escaped; begun at the first of its backslashes only, so that a run of them is
# gone through once.
_ESCAPES = re.compile(rb"\\(?<!\\\\)\\*+(?:[nrtbf]|u[0-9a-fA-F]{4})")
# Pieces of a streamed answer: a credential may be torn over several. Where the end of one is missing the
# rest of the line is passed over, or each piece after it would look for its end in vain.
_PIECES = re.compile(
    rb'"(?:content|delta|reasoning|reasoning_content|refusal|arguments|text|response|thinking|partial_json)'
    rb'\\?": ?'
    rb'\\?"(?:(.*?)\\?"[,}\n]|.*)'
)


def _credentials(subject: Subject) -> Iterator[Note]:
    found: dict[str, list[int]] = {}
    if _is_worth_a_look(subject):
        for number, line in _lines(subject.raw):
            plain = _unescaped(line)
            if is_suspicious(plain):
                for name in credentials(plain.decode("utf-8", "replace")):
                    found.setdefault(name, []).append(number)
    for name, numbers in found.items():
        more = f", and in {len(numbers) - 1} more" if len(numbers) > 1 else ""
        yield Note(f"line {numbers[0]} holds what looks like: {name}{more}", numbers[0])
    yield from (
        Note(f"its answer, put together, holds what looks like: {name}")
        for name in _in_answer(subject)
        if name not in found
    )


def _is_worth_a_look(subject: Subject) -> bool:
    """Whether a recording is suspicious beyond the lines in which nothing was found before."""
    lines = subject.strings - _harmless
    suspicious = is_suspicious(_unescaped(b"\n".join(lines)))
    if not suspicious and len(_harmless) < _MOST_HARMLESS:
        _harmless.update(lines)
    return suspicious


def _lines(raw: bytes) -> Iterable[tuple[int, bytes]]:
    return enumerate(raw.splitlines(), start=1)


def _unescaped(raw: bytes) -> bytes:
    """Text as it was before it became JSON, perhaps twice: blanks for what was escaped, quotes as such."""
    return _ESCAPES.sub(b" ", raw).replace(b"\\", b"") if b"\\" in raw else raw


def _in_answer(subject: Subject) -> Iterator[str]:
    """What is only seen once the pieces of a stream are put together."""
    if not subject.summary.header.streaming or not is_suspicious(_pieces(subject)):
        return
    told: set[str] = set()
    for choice in subject.transcript.choices:
        calls = (call.arguments for call in choice.tool_calls)
        for text in (choice.text, choice.reasoning or "", choice.refusal or "", *calls):
            told.update(credentials(_unescaped(text.encode("utf-8", "replace")).decode()))
    yield from sorted(told)


def _pieces(subject: Subject) -> bytes:
    return _unescaped(b"".join(_PIECES.findall(subject.raw)))


CREDENTIAL = Rule(
    "RC501",
    "credential",
    "error",
    meaning="The file holds what looks like a credential: a key of an LLM provider, a token of a cloud or a "
    "code host, a private key, a password in a url or a header. Placeholders are passed over. What is found "
    "is never printed.",
    why="Whoever can read the repository can use it, and its history keeps it.",
    fix="Revoke the credential first: it is known. Then record the test again without it, and take the file "
    "out of the history if it was pushed.",
    look=_credentials,
)

# Accounts that are nobody's: of containers, CI and documentation.
_NOBODY = (
    "user username user1 name you yourname your_name me root runner ubuntu app node vscode vagrant circleci "
    "jovyan appuser ec2-user admin guest shared public example test oai sandbox work src data"
)
_PERSONAL = re.compile(
    rb"(?<![\w.])(?:/Users/|/home/|[A-Za-z]:(?:\\\\){1,2}Users(?:\\\\){1,2})(?!(?i:"
    + b"|".join(map(re.escape, _NOBODY.encode().split()))
    + rb")(?!\.?[\w-]))([A-Za-z][\w.-]*)",
)
# What comes before a path may be the letter of an escape: of a line break, not of a directory.
_BREAK = re.compile(rb"(?<!\\)\\[nrt]")
_MAYBE_PERSONAL = (b"/Users/", b"/home/", b"\\Users\\")


def _personal_paths(subject: Subject) -> Iterator[Note]:
    text = b"\n".join(subject.strings)
    if not any(sign in text for sign in _MAYBE_PERSONAL):
        return
    found = [number for number, line in _lines(subject.raw) if _PERSONAL.search(_BREAK.sub(b" ", line))]
    if found:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        yield Note(f"line {found[0]} holds a path of somebody's home directory{more}", found[0])


PERSONAL_PATH = Rule(
    "RC502",
    "personal-path",
    "warning",
    meaning="The file holds a path below somebody's home directory, as /home/NAME or /Users/NAME. Names that "
    "are nobody's (user, runner, root) are passed over.",
    why="It tells who recorded the test and how their machine is laid out, and where it is part of a request "
    "nobody else can record the same.",
    fix="Record the test with a path that is the same for everyone, or ignore the code for that file.",
    look=_personal_paths,
)

RULES = (CREDENTIAL, PERSONAL_PATH)
