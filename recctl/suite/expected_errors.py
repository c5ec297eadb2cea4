"""Whether the source of a test shows that it is ready for an error, read without importing it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

# Names by which a test, or what runs it, accepts an error.
_CATCHERS = frozenset(
    {
        "raises",
        "assertRaises",
        "assertRaisesRegex",
        "RaisesGroup",
        "RaisesExc",
        "xfail",
        "expectedFailure",
        "suppress",
        "return_exceptions",
    }
)
_SUCCESS = ("ok", "success", "is_success", "succeeded")
_STATUS = ("status_code", "status")
_STATUS_NAME = re.compile(r"status_code|expect(?:ed)?_status")
_FIRST_ERROR = 400
# What a name or a text says that is about an error.
_WORD = (
    r"errors?|err|exceptions?|exc|excinfo|fail(?:s|ed|ure|ures|ing)?|rejects?|rejected|denied|refused|invalid"
)
_ABOUT_ERRORS = re.compile(rf"(?:^|_)(?:{_WORD})(?:_|$)", re.IGNORECASE)
_ERROR_CLASS = re.compile(r"[a-z](?:Error|Exception|Failure)s?$")
_ERROR_TEXT = re.compile(
    r"\b(?:error|fail(?:ed|ure)?|exception|invalid|reject(?:ed)?|denied)\b", re.IGNORECASE
)
# Functions by which a test fails or logs: their name is about errors, and says nothing of what is expected.
_GIVING_UP = frozenset({"fail", "exit"})
_LOGGING = frozenset({"error", "exception", "fail"})
_EMPTY = (None, False, 0, "")


def accepts_failure(functions: Iterable[ast.AST]) -> bool:
    """Whether the code of a test catches an error, or looks at one and goes on."""
    return any(_accepts(node) for function in functions for node in _relevant(function))


def _relevant(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those that say the opposite: that there is to be no error."""
    pending = [function]
    while pending:
        node = pending.pop()
        yield node
        pending += _parts(node)


def _parts(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Raise):
        return []
    if isinstance(node, ast.Assert):
        return [] if _denies(node.test) else [node.test]
    if isinstance(node, ast.If) and _gives_up(node.body):
        return list(node.orelse)
    if isinstance(node, ast.ExceptHandler):
        return list(node.body)
    if isinstance(node, ast.BoolOp):
        return [value for value in node.values if not _denies(value)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOGGING:
        return [node.func.value]
    return list(ast.iter_child_nodes(node))


def _gives_up(body: list[ast.stmt]) -> bool:
    """Whether a block ends the test as failed: it raises, or calls pytest.fail."""
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        return isinstance(function, ast.Attribute) and function.attr in _GIVING_UP
    return isinstance(last, ast.Raise) or (
        isinstance(last, ast.Assert) and isinstance(last.test, ast.Constant) and not last.test.value
    )


def _denies(test: ast.expr) -> bool:
    """Whether a condition says that there is no error: `not x.error`, `x.error is None`, `status == 200`."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and _name_of(test.operand) not in _SUCCESS
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    operator, right = test.ops[0], test.comparators[0]
    if _name_of(test.left) in _STATUS and isinstance(operator, ast.Eq | ast.In | ast.Lt | ast.NotEq):
        least = _FIRST_ERROR + isinstance(operator, ast.Lt)
        return _are_below(right, least) != isinstance(operator, ast.NotEq)
    if isinstance(operator, ast.NotIn | ast.NotEq):
        return not _is_empty(right)
    return isinstance(operator, ast.Is | ast.Eq) and _is_empty(right)


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return any(node.value is value or node.value == value for value in _EMPTY)
    return isinstance(node, ast.List | ast.Tuple) and not node.elts


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _are_below(node: ast.expr, least: int) -> bool:
    """Whether a number, or all of several, are below another."""
    values = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return all(
        isinstance(value, ast.Constant) and isinstance(value.value, int) and value.value < least
        for value in values
    )


def _accepts(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return not _gives_up(node.body)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) and _name_of(node.operand) in _SUCCESS
    if isinstance(node, ast.Compare):
        return any(_says_error(each) for each in (node.left, *node.comparators))
    if isinstance(node, ast.keyword | ast.arg):
        return _names_error(node.arg or "")
    return isinstance(node, ast.Attribute | ast.Name) and _names_error(_name_of(node))


def _names_error(name: str) -> bool:
    return (
        name in _CATCHERS
        or _STATUS_NAME.search(name) is not None
        or _ABOUT_ERRORS.search(name) is not None
        or _ERROR_CLASS.search(name) is not None
    )


def _says_error(node: ast.expr) -> bool:
    """Whether what is compared with is an error: a word, or one of several that are accepted."""
    values = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(
        isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and _ERROR_TEXT.search(value.value) is not None
        for value in values
    )
