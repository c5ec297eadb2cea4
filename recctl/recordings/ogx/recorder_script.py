"""Answer what the installed recorder hashes: JSON lines in, JSON lines out. Run by the project's Python.

Stands alone: nothing but the standard library, in any Python from 3.8 on, handed over as text. The
first line of output is a mark, given as the argument, and what was found; whatever the project
prints goes to stderr.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from importlib import metadata
from typing import Any

RECORDERS = (
    "ogx.testing.api_recorder",
    "llama_stack.testing.api_recorder",
    "llama_stack.testing.inference_recorder",
)
PACKAGES = ("ogx", "llama-stack")
FUNCTIONS = {
    "inference": ("normalize_inference_request", "normalize_request"),
    "tool": ("normalize_tool_request",),
    "http": ("normalize_http_request",),
}
ARGUMENTS: Any = {
    "inference": lambda asked: (asked["method"], asked["url"], {}, asked["body"]),
    "tool": lambda asked: (asked["provider"], asked["tool_name"], asked["kwargs"]),
    "http": lambda asked: (asked["url"], asked["method"], asked["payload"]),
}
FULL, SHORT = 64, 12  # digits of a name; the short ones are of the time before test ids


class NoRecorder(Exception):
    """There is none, or none that can be asked."""


def find_recorder() -> Any:
    """Import the recorder that is installed. Raises NoRecorder."""
    for name in RECORDERS:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            # Its own absence is no error; that of what it imports is.
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise NoRecorder(f"{name} cannot be imported: {described(error)}") from None
        except BaseException as error:
            raise NoRecorder(f"{name} cannot be imported: {described(error)}") from None
    installed = ", ".join(" ".join(release) for release in releases())
    if installed:
        raise NoRecorder(f"{installed} has no recorder: too old, or installed in part")
    raise NoRecorder("no recorder is installed there, neither ogx nor llama-stack")


def releases() -> list[Any]:
    """Return the installed packages that may have a recorder, with their versions."""
    found = []
    for package in PACKAGES:
        try:
            found.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            continue
    return found


def setter_of_test(recorder: Any) -> Any:
    """Return what sets the id of the test that asks; None for a recorder that knows no tests."""
    top = recorder.__name__.partition(".")[0]
    try:
        return importlib.import_module(f"{top}.core.testing_context").set_test_context
    except (ImportError, AttributeError):
        variable = getattr(recorder, "_test_context", None)  # there it was for a few days
        return None if variable is None else variable.set


def functions_of(recorder: Any) -> dict[str, Any]:
    """Return the recorder's functions that hash, by the kind of request. Raises NoRecorder."""
    found = {}
    for kind, names in FUNCTIONS.items():
        functions = [getattr(recorder, name, None) for name in names]
        known = [function for function in functions if callable(function)]
        if known:
            found[kind] = known[0]
    if "inference" not in found:
        raise NoRecorder(f"{recorder.__name__} has no function that is known to hash a request")
    return found


def answer(asked: Any, functions: Any, set_test: Any) -> Any:
    """Return the hash of a request, None for a kind without one, or what the recorder raised."""
    function = functions.get(asked["kind"])
    if function is None:
        return {"hash": None}
    try:
        if set_test is not None:
            set_test(asked["test_id"])
        return {"hash": function(*ARGUMENTS[asked["kind"]](asked))}
    except Exception as error:
        return {"hash": None, "error": described(error)}


def described(error: BaseException) -> str:
    """Return an exception on one line."""
    text = " ".join(str(error).split())[:500]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def main(mark: str) -> None:
    """Say what was found, then answer until there are no more lines."""
    lines = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    found: Any
    functions: Any = {}
    set_test = None
    try:
        recorder = find_recorder()
        functions, set_test = functions_of(recorder), setter_of_test(recorder)
        top = recorder.__name__.partition(".")[0]
        # A release of ogx still had the module of llama_stack.
        release = next((each for each in releases() if top in (each[0], "llama_stack")), None)
        digits = SHORT if set_test is None else FULL
        found = {"module": recorder.__name__, "release": release, "digits": digits}
    except NoRecorder as error:
        found = {"error": str(error)}
    answers.write(f"{mark}{json.dumps(found)}\n")
    answers.flush()
    for line in lines if functions else ():
        answers.write(json.dumps(answer(json.loads(line), functions, set_test)) + "\n")
        answers.flush()
    os._exit(0)  # threads that the project started need not end


if __name__ == "__main__":
    main(sys.argv[1])
