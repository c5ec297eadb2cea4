"""Whether the code of a test accepts an error: it catches one, or compares with one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from recctl.suite.executed_code import last_name

# Names whose use accepts an error, in a test or in a mark.
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
# Names and strings that are about errors.
_WORD = (
    r"errors?|err|exceptions?|exc|excinfo|fail(?:s|ed|ure|ures|ing)?|rejects?|rejected|denied|refused|invalid"
)
_ABOUT_ERRORS = re.compile(rf"(?:^|_)(?:{_WORD})(?:_|$)", re.IGNORECASE)
_ERROR_CLASS = re.compile(r"[a-z](?:Error|Exception|Failure)s?$")
_ERROR_TEXT = re.compile(
    r"\b(?:error|fail(?:ed|ure)?|exception|invalid|reject(?:ed)?|denied)\b", re.IGNORECASE
)
# Functions that fail a test or log: their names are about errors, but do not show that one is expected.
_GIVING_UP = frozenset({"fail", "exit"})
_LOGGING = frozenset({"error", "exception", "fail"})
_EMPTY = (None, False, 0, "")


def accepts_failure(functions: Iterable[ast.AST]) -> bool:
    """Return whether the code of a test catches an error, or inspects one and goes on."""
    return any(_accepts(node) for function in functions for node in _relevant(function))


def _relevant(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those that assert that there is no error."""
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
    """Return whether a block makes the test fail: it raises, or calls pytest.fail."""
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        return isinstance(function, ast.Attribute) and function.attr in _GIVING_UP
    return isinstance(last, ast.Raise) or (
        isinstance(last, ast.Assert) and isinstance(last.test, ast.Constant) and not last.test.value
    )


def _denies(test: ast.expr) -> bool:
    """Return whether a condition means success: `not x.error`, `x.error is None`, `status == 200`."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and last_name(test.operand) not in _SUCCESS
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    operator, right = test.ops[0], test.comparators[0]
    if last_name(test.left) in _STATUS and isinstance(operator, ast.Eq | ast.In | ast.Lt | ast.NotEq):
        least = _FIRST_ERROR + isinstance(operator, ast.Lt)
        return _are_below(right, least) != isinstance(operator, ast.NotEq)
    if isinstance(operator, ast.NotIn | ast.NotEq):
        return not _is_empty(right)
    return isinstance(operator, ast.Is | ast.Eq) and _is_empty(right)


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return any(node.value is value or node.value == value for value in _EMPTY)
    return isinstance(node, ast.List | ast.Tuple) and not node.elts


def _are_below(node: ast.expr, least: int) -> bool:
    """Return whether a number, or each of several, is below another."""
    values = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return all(
        isinstance(value, ast.Constant) and isinstance(value.value, int) and value.value < least
        for value in values
    )


def _accepts(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return not _gives_up(node.body)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) and last_name(node.operand) in _SUCCESS
    if isinstance(node, ast.Compare):
        return any(_says_error(each) for each in (node.left, *node.comparators))
    if isinstance(node, ast.keyword | ast.arg):
        return _names_error(node.arg or "")
    return isinstance(node, ast.Attribute | ast.Name) and _names_error(last_name(node))


def _names_error(name: str) -> bool:
    return (
        name in _CATCHERS
        or _STATUS_NAME.search(name) is not None
        or _ABOUT_ERRORS.search(name) is not None
        or _ERROR_CLASS.search(name) is not None
    )


def _says_error(node: ast.expr) -> bool:
    """Return whether an operand of a comparison is about errors: a string, or one of several."""
    values = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(
        isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and _ERROR_TEXT.search(value.value) is not None
        for value in values
    )
