"""The rules of `check`, one registry: what they are called, what they mean, which are selected."""

from __future__ import annotations

from collections.abc import Iterable

from recctl.check.rules import answers, ids, leaks, replay, turns, unreadable, upkeep
from recctl.check.rules.rule import Rule
from recctl.support.errors import RecctlError

# In the order of their codes.
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *unreadable.RULES,
            *replay.RULES,
            *ids.RULES,
            *answers.RULES,
            *turns.RULES,
            *upkeep.RULES,
            *leaks.RULES,
        ),
        key=lambda rule: rule.code,
    )
)


def rule_named(code: str) -> Rule:
    """The rule of this code or name, in any case. Raises RecctlError."""
    wanted = code.upper()
    for rule in RULES:
        if wanted in (rule.code, rule.name.upper()):
            return rule
    raise RecctlError(f"no rule {code}", "list them with: recctl rule")


def fits(code: str, prefixes: Iterable[str]) -> bool:
    """Whether a code is named by one of these codes or prefixes; `ALL` names every one."""
    return any(prefix == "ALL" or code.startswith(prefix) for prefix in prefixes)


def refuse_unknown(prefixes: Iterable[str], where: str) -> None:
    """Raise RecctlError where a code or prefix names no rule: a typing error would select nothing."""
    for prefix in prefixes:
        if not any(fits(rule.code, [prefix]) for rule in RULES):
            known = ", ".join(dict.fromkeys(rule.code[:3] for rule in RULES))
            raise RecctlError(
                f"{where}: no rule begins with {prefix}", f"families are {known}; see recctl rule"
            )


def selected(select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """The rules that are selected and not ignored; an empty `select` is all of them.

    The longer prefix wins, so that `--ignore RC4 --select RC401` leaves RC401.
    """
    chosen, left_out = tuple(select) or ("ALL",), tuple(ignore)
    return tuple(rule for rule in RULES if _weight(rule, chosen) > _weight(rule, left_out))


def _weight(rule: Rule, prefixes: Iterable[str]) -> int:
    """How exactly prefixes name a rule; 0 where none does."""
    weights = (1 if prefix == "ALL" else len(prefix) + 1 for prefix in prefixes if fits(rule.code, [prefix]))
    return max(weights, default=0)
