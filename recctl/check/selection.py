"""Which rules are selected, by code or prefix, and which findings a project ignores by path."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from recctl.check.registry import RULES
from recctl.check.rules.rule import Finding, Rule
from recctl.support.errors import RecctlError
from recctl.support.paths import absolute_path


def matches(code: str, prefixes: Iterable[str]) -> bool:
    """Return whether one of these codes or prefixes matches a code; `ALL` matches every one."""
    return any(prefix == "ALL" or code.startswith(prefix) for prefix in prefixes)


def require_known(prefixes: Iterable[str], where: str) -> None:
    """Raise RecctlError if a code or prefix matches no rule: a typing error would select nothing."""
    for prefix in prefixes:
        if not any(matches(rule.code, [prefix]) for rule in RULES):
            known = ", ".join(dict.fromkeys(rule.code[:3] for rule in RULES))
            hint = f"prefixes are {known}; see recctl rule"
            raise RecctlError(f"{where}: no rule begins with {prefix}", hint)


def selected(select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules that are selected and not ignored; an empty `select` selects all of them.

    The longer prefix wins, so that `--ignore RC4 --select RC401` leaves RC401.
    """
    wanted, unwanted = tuple(select) or ("ALL",), tuple(ignore)
    return tuple(rule for rule in RULES if _precision(rule, wanted) > _precision(rule, unwanted))


def _precision(rule: Rule, prefixes: Iterable[str]) -> int:
    """Return how precisely prefixes match a rule: the longer, the more; 0 if none does."""
    matching = (prefix for prefix in prefixes if matches(rule.code, [prefix]))
    return max((1 if prefix == "ALL" else len(prefix) + 1 for prefix in matching), default=0)


def is_ignored_by_path(finding: Finding, ignores: Mapping[str, Sequence[str]], base: Path | None) -> bool:
    """Return whether `ignores`, codes by path glob, ignores a finding.

    Globs are relative to `base`; one that matches a directory matches all below it.
    """
    if not ignores or base is None:
        return False
    path, root = absolute_path(finding.path), absolute_path(base)
    relative = path[len(root) + 1 :] if path.startswith(f"{root}/") else path
    parts = relative.split("/")
    path_and_parents = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return any(
        matches(finding.rule.code, codes) and any(_glob_matches(glob, path) for path in path_and_parents)
        for glob, codes in ignores.items()
    )


def _glob_matches(glob: str, path: str) -> bool:
    plain = glob.removeprefix("./").rstrip("/")
    # Two stars stand for any directories, also for none.
    return fnmatch.fnmatchcase(path, plain) or fnmatch.fnmatchcase(path, plain.replace("**/", ""))
