"""The hash rule of each release of the recorder, and the one that a project's configuration names.

The releases and their rules were read from the wheels on the package index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from recctl.recordings.ogx.hash_rules import NEWEST, RULES, HashRule
from recctl.support.errors import RecctlError

Version: TypeAlias = tuple[int, ...]

_SETTING = "[tool.recctl] hash-rule"
# `ogx 1.4`, `ogx==1.4.1`, `llama_stack-0.7.x`
_FORM = re.compile(
    r"(ogx|llama[-_. ]?stack)(?: *== *| *[ @-] *v?)?(\d{1,9}(?:\.\d{1,9})*)(?:\.[x*])?",
    re.IGNORECASE | re.ASCII,
)
_NEAR = 3


class Release(msgspec.Struct, frozen=True):
    """A release on the package index; `since` is the day of the hash rule that its recorder has."""

    package: str
    version: Version
    since: str

    def __str__(self) -> str:
        return f"{self.package} {'.'.join(map(str, self.version))}"


def _patches(package: str, minor: str, patches: range, since: str) -> list[Release]:
    numbers = tuple(map(int, minor.split(".")))
    return [Release(package, (*numbers, patch), since) for patch in patches]


RELEASES: tuple[Release, ...] = (
    *_patches("llama-stack", "0.2", range(17, 25), "2025-07-29"),
    *_patches("llama-stack", "0.3", range(6), "2025-10-09"),
    *_patches("llama-stack", "0.4", range(8), "2025-11-03"),
    *_patches("llama-stack", "0.5", range(5), "2026-01-21"),
    *_patches("llama-stack", "0.6", range(2), "2026-01-21"),
    *_patches("llama-stack", "0.7", range(4), "2026-03-18"),
    *_patches("ogx", "0.7", range(1, 2), "2026-03-18"),
    *_patches("ogx", "0.8", range(1), "2026-04-09"),
    *_patches("ogx", "1.0", range(5), "2026-04-09"),
    *_patches("ogx", "1.1", range(4), "2026-04-09"),
    *_patches("ogx", "1.2", range(6), "2026-06-17"),
    *_patches("ogx", "1.3", range(2), "2026-06-17"),
    *_patches("ogx", "1.4", range(2), "2026-06-17"),
    *_patches("ogx", "1.5", range(1), "2026-10-09"),
)


class Choice(msgspec.Struct, frozen=True):
    """The rule that a setting means; `note` says which was taken where it means several."""

    rule: HashRule
    note: str | None = None


def choose_rule(setting: str | None) -> Choice:
    """Return the rule that a project's `hash-rule` means; the newest for None.

    The setting is the day from which a rule is in force, or a release as "ogx 1.4" or
    "llama-stack 0.7.3". Raises RecctlError where there is no such rule.
    """
    if setting is None:
        return Choice(NEWEST)
    if rule := _rule_since(setting):
        return Choice(rule)
    named = _FORM.fullmatch(setting.strip())
    if named is None:
        known = ", ".join(rule.since for rule in RULES)
        hint = f'known are {known}; or name a release, as "{RELEASES[-1]}"'
        raise RecctlError(f"{_SETTING}: there is no rule {setting}", hint)
    package = "ogx" if named[1].lower() == "ogx" else "llama-stack"
    return _choose_release(package, tuple(map(int, named[2].split("."))))


def rule_of_release(package: str, version: str) -> HashRule | None:
    """Return the rule of a release, given by package and version; None for an unknown one."""
    if not re.fullmatch(r"\d+(\.\d+)*", version, re.A):  # made from a checkout, or a pre-release
        return None
    numbers = tuple(map(int, version.split(".")))
    found = (release for release in RELEASES if (release.package, release.version) == (package, numbers))
    release = next(found, None)
    return None if release is None else _rule_since(release.since)


def releases_of(rule: HashRule) -> str:
    """Return which releases have a rule, as "ogx 1.2 to 1.4"; "" where none has."""
    found = [release for release in RELEASES if release.since == rule.since]
    packages = dict.fromkeys(release.package for release in found)
    return ", ".join(_span(package, found) for package in packages)


def _span(package: str, releases: Sequence[Release]) -> str:
    minors = [".".join(map(str, each.version[:2])) for each in releases if each.package == package]
    return f"{package} {minors[0]}" + (f" to {minors[-1]}" if minors[-1] != minors[0] else "")


def _choose_release(package: str, version: Version) -> Choice:
    found = [
        release
        for release in RELEASES
        if release.package == package and release.version[: len(version)] == version
    ]
    name = f"{package} {'.'.join(map(str, version))}"
    if not found:
        near = ", ".join(f"{release} ({release.since})" for release in _nearest(package, version))
        hint = f"near are {near}; a later release may have the rule of one of these, or another"
        raise RecctlError(f"{_SETTING}: no release {name} is known", hint)
    newest = max(release.since for release in found)
    rule = _rule_since(newest)
    assert rule is not None  # noqa: S101 - each release names a rule; a test holds it
    eras = sorted({release.since for release in found})
    if len(eras) == 1:
        return Choice(rule)
    note = f"{_SETTING}: the releases of {name} have several rules ({', '.join(eras)}); {newest} is taken"
    return Choice(rule, note)


def _nearest(package: str, version: Version) -> list[Release]:
    """Return the known releases nearest to a version, those below it first."""
    same = [release for release in RELEASES if release.package == package]
    below = [release for release in same if release.version < version][-2:]
    above = [release for release in same if release.version > version][: _NEAR - len(below)]
    return below + above


def _rule_since(day: str) -> HashRule | None:
    return next((rule for rule in RULES if rule.since == day), None)
