"""What a test is ready for, read from its source without importing it: errors, and words made by hand."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from recctl.live.judgement import parse_test_id
from recctl.live.source import project_root, statements_named, syntax_tree
from recctl.summary import Summary

# Words in the name of a test, or in its parameters, that tell that something is to go wrong.
_TELLING = re.compile(
    r"error|fail|invalid|unsupported|reject|denied|deny|forbid|raise|exception|wrong|missing|not_found|"
    r"nonexist|non_exist|unknown|unauth|unavail|timeout|exceed|malformed|bad_|broken"
)
_STATUS = re.compile(r"(?<!\d)[45]\d\d(?!\d)")
_CATCHERS = frozenset({"raises", "assertRaises", "assertRaisesRegex", "xfail", "status_code"})


def expects_failure(summary: Summary) -> bool:
    """Whether a recording's test looks as if it expected an error: by its name, or by what its code catches.

    Where there is no test file the name alone tells.
    """
    test_id = summary.test_id
    if test_id is None:
        return False
    name = test_id.partition("::")[2].lower()
    # Numbers in the parameters are sizes of models.
    if _TELLING.search(name) or _STATUS.search(name.partition("[")[0]):
        return True
    file = _test_file(summary)
    return file is not None and any(map(_catches, _functions(file, parse_test_id(test_id).names)))


def is_in_source(summary: Summary, words: str) -> bool:
    """Whether a recording's test file holds these words as a string, runs of blanks evened out."""
    file = _test_file(summary)
    module = None if file is None else syntax_tree(file)
    return module is not None and any(words in text for text in _strings(module))


def _test_file(summary: Summary) -> Path | None:
    test = parse_test_id(summary.test_id or "")
    root = project_root(summary.path, test.file)
    file = None if root is None else root / test.file
    return file if file is not None and file.suffix == ".py" and os.path.isfile(file) else None


def _functions(file: Path, names: tuple[str, ...]) -> Iterator[ast.stmt]:
    """What the file gives the name of the test, wherever in its classes."""
    module = syntax_tree(file)
    scopes: list[ast.Module | ast.ClassDef] = [] if module is None else [module]
    for name in names[:-1]:
        inner = (statement for scope in scopes for statement in statements_named(scope, name))
        scopes = [statement for statement in inner if isinstance(statement, ast.ClassDef)]
    for scope in scopes:
        yield from statements_named(scope, names[-1] if names else "")


def _catches(function: ast.stmt) -> bool:
    for node in ast.walk(function):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in _CATCHERS or isinstance(node, ast.ExceptHandler):
            return True
    return False


@lru_cache(maxsize=256)
def _strings(module: ast.Module) -> tuple[str, ...]:
    values = (node.value for node in ast.walk(module) if isinstance(node, ast.Constant))
    return tuple(" ".join(value.split()) for value in values if isinstance(value, str))
