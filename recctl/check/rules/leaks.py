"""RC5: what should not be in a repository: credentials, and paths of somebody's own machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from recctl.check.context import Context
from recctl.check.rules.rule import Rule, Violation
from recctl.support.credentials import credentials, is_suspicious

# These limit the memory that clean lines take: a file that is not canonical is one line, however large.
_MOST_CLEAN_LINES = 20_000
_LONGEST_CLEAN_LINE = 4_000  # bytes
# One escape, escaped any number of times. A match starts at the first of its backslashes only, so that a long
# run of them takes linear time.
_ESCAPES = re.compile(rb"\\(?<!\\\\)\\*+(?:[nrtbf]|u[0-9a-fA-F]{4})")
# Pieces of a streamed answer: a credential may be split over several. If the end of a piece is missing the
# rest of the line is skipped, or every piece in it would search for an end in vain.
_PIECES = re.compile(
    rb'"(?:content|delta|reasoning|reasoning_content|refusal|arguments|text|response|thinking|partial_json)'
    rb'\\?": ?'
    rb'\\?"(?:(.*?)\\?"[,}\n]|.*)'
)


def _credentials(context: Context) -> Iterator[Violation]:
    found: dict[str, list[int]] = {}
    if _is_suspicious(context):
        for number, line in _lines(context.raw):
            plain = _unescaped(line)
            if is_suspicious(plain):
                for name in credentials(plain.decode("utf-8", "replace")):
                    found.setdefault(name, []).append(number)
    for name, numbers in found.items():
        yield Violation(f"line {numbers[0]} holds what looks like: {name}{_and_more(numbers)}", numbers[0])
    yield from (
        Violation(f"its answer, assembled from chunks, holds what looks like: {name}")
        for name in _in_answer(context)
        if name not in found
    )


def _and_more(numbers: Sequence[int]) -> str:
    """Return how many lines there are beside the first, as the end of a message."""
    more = len(numbers) - 1
    return f", and {more:,} more line{'s' * (more > 1)}" if more else ""


def _is_suspicious(context: Context) -> bool:
    """Return whether any line is suspicious, apart from those known to be clean."""
    clean = context.run.clean_lines
    unknown = context.lines - clean
    suspicious = is_suspicious(_unescaped(b"\n".join(unknown)))
    if not suspicious and len(clean) < _MOST_CLEAN_LINES:
        clean.update(line for line in unknown if len(line) <= _LONGEST_CLEAN_LINE)
    return suspicious


def _lines(raw: bytes) -> Iterable[tuple[int, bytes]]:
    return enumerate(raw.splitlines(), start=1)


def _unescaped(raw: bytes) -> bytes:
    """Return text as it was before it was escaped in JSON, perhaps twice; an escape becomes a blank."""
    return _ESCAPES.sub(b" ", raw).replace(b"\\", b"") if b"\\" in raw else raw


def _in_answer(context: Context) -> Iterator[str]:
    """Yield the names of credentials in the assembled answer of a stream."""
    if not context.summary.header.streaming or not is_suspicious(_pieces(context)):
        return
    names: set[str] = set()
    for choice in context.transcript.choices:
        calls = (call.arguments for call in choice.tool_calls)
        for text in (choice.text, choice.reasoning or "", choice.refusal or "", *calls):
            names.update(credentials(_unescaped(text.encode("utf-8", "replace")).decode()))
    yield from sorted(names)


def _pieces(context: Context) -> bytes:
    return _unescaped(b"".join(_PIECES.findall(context.raw)))


CREDENTIAL = Rule(
    "RC501",
    "credential",
    "error",
    meaning="The file holds what looks like a credential: a key of an LLM provider, a token of a cloud or a "
    "code host, a private key, a password in a url or a header. Placeholders are not reported. The "
    "credential itself is never printed.",
    why="Whoever can read the repository can use it, and its history keeps it.",
    how_to_fix="Revoke the credential first: others may know it. Then record the test again without it, and "
    "if the file was pushed, remove it from the history.",
    check=_credentials,
)

# Accounts of no person: of containers, CI and documentation.
_NOBODY = (
    "user username user1 name you yourname your_name me root runner ubuntu app node vscode vagrant circleci "
    "jovyan appuser ec2-user admin guest shared public example test oai sandbox work src data"
)
_PERSONAL = re.compile(
    rb"(?<![\w.])(?:/Users/|/home/|[A-Za-z]:(?:\\\\){1,2}Users(?:\\\\){1,2})(?!(?i:"
    + b"|".join(map(re.escape, _NOBODY.encode().split()))
    + rb")(?!\.?[\w-]))([A-Za-z][\w.-]*)",
)
# The letter before a path may belong to an escaped line break, not to a directory.
_BREAK = re.compile(rb"(?<!\\)\\[nrt]")
_MAYBE_PERSONAL = (b"/Users/", b"/home/", b"\\Users\\")


def _personal_paths(context: Context) -> Iterator[Violation]:
    text = b"\n".join(context.lines)
    if not any(part in text for part in _MAYBE_PERSONAL):
        return
    found = [number for number, line in _lines(context.raw) if _PERSONAL.search(_BREAK.sub(b" ", line))]
    if found:
        message = f"line {found[0]} holds a path below somebody's home directory{_and_more(found)}"
        yield Violation(message, found[0])


PERSONAL_PATH = Rule(
    "RC502",
    "personal-path",
    "warning",
    meaning="The file holds a path below somebody's home directory, as /home/NAME or /Users/NAME. Names of "
    "no person (user, runner, root) are not reported.",
    why="It reveals who recorded the test and directories of their machine, and if it is part of a request "
    "nobody else can record the same one.",
    how_to_fix="Record the test with a path that is the same for everyone, or ignore the code for that file.",
    check=_personal_paths,
)

RULES = (CREDENTIAL, PERSONAL_PATH)
