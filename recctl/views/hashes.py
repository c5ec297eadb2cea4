"""`recctl hash`: a request's hash under every rule, and which of them is the file's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.catalog.hash_history import Break
from recctl.recordings.ogx.hash_releases import releases_of
from recctl.recordings.ogx.hash_rules import RULES, Asked, Fit, HashRule, NameStatus
from recctl.recordings.recording import Recording
from recctl.recordings.ref import Ref, display_ref
from recctl.views.escaping import one_line
from recctl.views.styled_lines import BLANK, Line, Span, Style, line

_VERDICTS: dict[NameStatus, str] = {
    "live": "named by the rule in force: a replay finds it",
    "superseded": "named by an older rule: a replay does not find it",
    "ahead": "named by a newer rule than the one in force: a replay does not find it",
    "edited": "named by no rule: a replay does not find it",
    "unknown": "no hash rule is known for this kind of request",
}
_NAME_COLUMNS = 10
_STYLES: dict[NameStatus, Style] = {"live": "added", "unknown": "warning"}


def recording_page(
    recording: Recording, asked: Asked, fit: Fit, in_force: HashRule, since: Break | None
) -> Iterator[Line]:
    """Yield the verdict, since when it holds, and the hash under every rule, with the fitting one marked."""
    summary = recording.summary
    style = _STYLES.get(fit.status, "error")
    yield line(
        Span(one_line(summary.name.reference), "id"),
        "  ",
        Span(fit.status, style),
        f": {_VERDICTS[fit.status]}",
    )
    yield _detail("file", display_ref(summary.ref))
    yield _detail("test", summary.header.test_id or "none")
    if fit.rule is not None and fit.status != "live":
        yield _detail("rule", f"of {fit.rule.since}: {fit.rule.change}")
    if since is not None:
        yield _detail("since", _since(since))
    yield from _in_force(asked, in_force, fit.hash)
    yield BLANK
    yield from _hashes(asked, fit.rule, in_force, fit.hash)


def request_page(
    asked: Asked, in_force: HashRule, digest: str | None, found: Sequence[Ref]
) -> Iterator[Line]:
    """Yield the hash of a request, the recordings that answer it, and its hash under every rule.

    `digest` is the hash by the rule in force.
    """
    yield line(Span(f"rec-{digest[:12]}" if digest else "no hash", "id"), f"  {asked.kind} request")
    yield _detail("test", asked.test_id or "none")
    for ref in found:
        yield _detail("file", display_ref(ref))
    if not found:
        yield _detail("file", "none: a replay would miss it")
    yield from _in_force(asked, in_force, digest)
    yield BLANK
    yield from _hashes(asked, in_force if found else None, in_force, digest)


def _detail(name: str, value: str) -> Line:
    return line(one_line(value), indent=1, lead=Span(f"{name:<{_NAME_COLUMNS}}", "dim"))


def _in_force(asked: Asked, rule: HashRule, digest: str | None) -> Iterator[Line]:
    """Yield the rule in force; if it is a recorder's, also whether recctl's own rule differs."""
    releases = releases_of(rule)
    yield _detail("in force", rule.asks or rule.since + (f", as in {releases}" if releases else ""))
    if rule.replaces is not None:
        ours = rule.replaces.hash(asked)
        if ours is not None and digest is not None and ours != digest:
            note = f"the rule of {rule.replaces.since} gives another hash; the recorder's is used"
            yield _detail("differs", note)


def _hashes(asked: Asked, fitting: HashRule | None, in_force: HashRule, digest: str | None) -> Iterator[Line]:
    """Yield a row per rule, within 80 columns so that hashes can be copied."""
    rows = [(rule.since, rule, rule.hash(asked)) for rule in RULES]
    if in_force.asks:
        rows.insert(0, ("recorder", in_force, digest))
    for name, rule, found in rows:
        mark = "* " if rule is fitting else "  "
        lead = Span(f"{mark}{name:<{_NAME_COLUMNS}}  ", "bold" if rule is fitting else "plain")
        none = "no hash for this request" if rule.asks else "no rule for this kind of request yet"
        yield line(Span(found[: rule.digits] if found else none, "plain" if found else "dim"), lead=lead)


def _since(since: Break) -> str:
    if since.version is None:
        where = "uncommitted changes"
    else:
        where = f"{since.version.commit[:12]} ({since.version.day}) {since.version.subject}"
    if not since.fitted:
        return f"it was added, in {where}"
    return f"{where}; there {', '.join(since.apart)} changed" if since.apart else where
