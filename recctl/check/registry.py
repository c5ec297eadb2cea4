"""The registry of the rules of `check`: a rule is in force once its module lists it in RULES."""

from __future__ import annotations

from recctl.check.rules import answers, ids, leaks, replay, turns, unreadable, upkeep
from recctl.check.rules.rule import Rule
from recctl.support.errors import RecctlError

_MODULES = (unreadable, replay, ids, answers, turns, upkeep, leaks)
# Sorted by code.
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for module in _MODULES for rule in module.RULES), key=lambda rule: rule.code)
)


def rule_named(code: str) -> Rule:
    """Return the rule with this code or name, in any case. Raises RecctlError."""
    wanted = code.upper()
    for rule in RULES:
        if wanted in (rule.code, rule.name.upper()):
            return rule
    raise RecctlError(f"no rule {code}", "list them with: recctl rule")
