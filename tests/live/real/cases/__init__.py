"""All the projects, by theme."""

from __future__ import annotations

from tests.live.real.cases import (
    classes,
    configured,
    generated,
    hooks,
    layouts,
    libraries,
    modules,
    other_items,
    plain,
    sources,
)
from tests.live.real.project import Project

PROJECTS: tuple[Project, ...] = (
    *plain.PROJECTS,
    *classes.PROJECTS,
    *generated.PROJECTS,
    *modules.PROJECTS,
    *libraries.PROJECTS,
    *hooks.PROJECTS,
    *other_items.PROJECTS,
    *configured.PROJECTS,
    *layouts.PROJECTS,
    *sources.PROJECTS,
)
