"""All the projects, by theme."""

from __future__ import annotations

from itertools import chain

from tests.suite.real.cases import (
    bindings,
    callers,
    checkouts,
    classes,
    configured,
    generated,
    hooks,
    late_hooks,
    layouts,
    libraries,
    modules,
    other_items,
    plain,
    scenarios,
    sources,
    unittests,
    upstream,
)
from tests.suite.real.project import Project

_THEMES = (
    plain,
    upstream,
    classes,
    unittests,
    bindings,
    generated,
    callers,
    modules,
    libraries,
    scenarios,
    hooks,
    late_hooks,
    other_items,
    configured,
    layouts,
    checkouts,
    sources,
)
PROJECTS: tuple[Project, ...] = tuple(chain.from_iterable(theme.PROJECTS for theme in _THEMES))
