"""`hash`: a request's hash under every rule, and what the name of its file says to that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from recctl.hash_history import Break
from recctl.hash_rules import RULES, Asked, Fit, HashRule, Standing
from recctl.paths import display_path
from recctl.recording import Recording
from recctl.render.page import BLANK, Line, Span, Style, line
from recctl.render.safe import one_line

_VERDICTS: dict[Standing, str] = {
    "live": "the rule in force gives its name: a replay finds it",
    "superseded": "only an older rule gives its name: a replay does not find it",
    "ahead": "only a newer rule than the one in force gives its name: a replay does not find it",
    "edited": "no rule gives its name: a replay does not find it",
    "unknown": "there is no hash rule for this kind of request",
}
_STYLES: dict[Standing, Style] = {"live": "added", "unknown": "warning"}


def recording_page(
    recording: Recording, asked: Asked, fit: Fit, in_force: HashRule, since: Break | None
) -> Iterator[Line]:
    """The verdict, since when it is so, and the hash under every rule; the rule that fits is marked."""
    summary = recording.summary
    style = _STYLES.get(fit.standing, "error")
    yield line(
        Span(one_line(summary.name.reference), "id"),
        "  ",
        Span(fit.standing, style),
        f": {_VERDICTS[fit.standing]}",
    )
    yield _detail("file", display_path(summary.path))
    yield _detail("test", summary.test_id or "none")
    if fit.rule is not None and fit.standing != "live":
        yield _detail("rule", f"of {fit.rule.since}: {fit.rule.change}")
    if since is not None:
        yield _detail("since", _told(since))
    yield BLANK
    yield from _hashes(asked, fit.rule, in_force)


def request_page(asked: Asked, in_force: HashRule, found: Sequence[Path]) -> Iterator[Line]:
    """The hash of a request that need not be recorded, and the recordings that answer it."""
    digest = in_force.hash(asked) or ""
    yield line(Span(f"rec-{digest[:12]}" if digest else "no hash", "id"), f"  {asked.kind} request")
    yield _detail("test", asked.test_id or "none")
    for path in found:
        yield _detail("file", display_path(path))
    if not found:
        yield _detail("file", "none: a replay would miss it")
    yield BLANK
    yield from _hashes(asked, in_force if found else None, in_force)


def _detail(name: str, value: str) -> Line:
    return line(one_line(value), indent=1, lead=Span(f"{name:<6}", "dim"))


def _hashes(asked: Asked, fitting: HashRule | None, in_force: HashRule) -> Iterator[Line]:
    for rule in RULES:
        digest = rule.hash(asked)
        mark = "* " if rule is fitting else "  "
        lead = Span(f"{mark}{rule.since}  ", "bold" if rule is fitting else "plain")
        shown = "no rule for such requests then" if digest is None else digest[: rule.digits]
        now = "  in force" if rule is in_force else ""
        yield line(Span(shown, "plain" if digest else "dim"), Span(now, "dim"), lead=lead)


def _told(since: Break) -> str:
    if since.version is None:
        where = "changes that are not committed"
    else:
        where = f"{since.version.commit[:12]} ({since.version.day}) {since.version.subject}"
    if not since.fitted:
        return f"it was added, in {where}"
    return f"{where}; there {', '.join(since.apart)} changed" if since.apart else where
