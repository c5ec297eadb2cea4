"""Answer a shell that completes a command line: no stderr, and test ids whole despite bash's colons."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable

_WORDS = "COMP_WORDS"
_POSITION = "COMP_CWORD"


def complete(app: Callable[[], object], how: str) -> tuple[int, str]:
    """Run the app, which answers the shell as `how` says; return the exit code and what to print.

    Nothing goes to stderr, which is the user's prompt, whatever goes wrong.
    """
    prefix = _rejoin_words() if how == "complete_bash" else ""
    answer = io.StringIO()
    try:
        with contextlib.redirect_stdout(answer), contextlib.redirect_stderr(io.StringIO()):
            app()
        code = 0
    except SystemExit as ended:  # typer always ends so; fish looks at the code only
        code = ended.code if isinstance(ended.code, int) else 0
    except Exception:
        return 1, ""
    lines = answer.getvalue().splitlines()
    return code, "".join(f"{line.removeprefix(prefix)}\n" for line in lines)


def _rejoin_words() -> str:
    """Join the words that bash split at colons; return the start of the word that bash keeps.

    bash passes `a.py::b` as three words, and replaces only the last one with the answer.
    """
    words = os.environ.get(_WORDS, "").split("\n")
    position = os.environ.get(_POSITION, "")
    if not position.isdecimal() or int(position) >= len(words):
        return ""
    joined: list[str] = []
    for number, word in enumerate(words[: int(position) + 1]):
        colon_before = number > 0 and words[number - 1].strip(":") == "" != words[number - 1]
        if joined and number > 1 and (colon_before or (word and not word.strip(":"))):
            joined[-1] += word
        else:
            joined.append(word)
    os.environ[_WORDS] = "\n".join(joined)
    os.environ[_POSITION] = str(len(joined) - 1)
    split = joined[-1] != words[int(position)] or not joined[-1].strip(":")
    return joined[-1][: joined[-1].rfind(":") + 1] if split else ""
