"""`recctl diff A B`: the changes between two recordings, and whether their hashes differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.diff.changes import Change
from recctl.diff.comparison import Comparison, Part, Verdict, has_target
from recctl.diff.nearest import Neighbor, Relation
from recctl.recordings.recording import Recording
from recctl.views.changes import change_lines
from recctl.views.escaping import one_line
from recctl.views.styled_lines import BLANK, Line, Span, line, styled
from recctl.views.units import plural

_ROUNDS_TO_ONE_PERCENT = 0.005
_RELATIONS: dict[Relation, str] = {
    "test": "of the same test",
    "function": "of the same test function with other parameters",
    "endpoint": "of the same endpoint and model",
    "model": "of the same model",
}
_PARTS: dict[Part, str] = {
    "request": "The requests",
    "response": "The answers",
    "all": "Requests and answers",
}


def comparison_page(
    compared: Comparison, neighbors: Sequence[Neighbor], assumed: Sequence[str] = ()
) -> Iterator[Line]:
    """Yield what is compared, how the nearest recording was chosen, the changes, and the verdict.

    `assumed` names what a bare request leaves out and was taken from the other side.
    """
    yield from _head(Span("- ", "removed"), compared.old)
    yield from _head(Span("+ ", "added"), compared.new)
    if neighbors:
        yield BLANK
        yield from _choice(neighbors)
    for change in compared.changes:
        if not _repeats_model(change, compared.changes):
            yield BLANK
            yield from change_lines(change)
    yield BLANK
    if not compared.changes:
        yield styled(f"{_PARTS[compared.part]} are the same.", "bold")
    yield from _verdict(compared)
    if assumed:
        yield styled(f"Not given, so assumed to be the same: {', '.join(assumed)}.", "dim")


def _head(lead: Span, recording: Recording) -> Iterator[Line]:
    summary = recording.summary
    stem = summary.name.stem if recording.response else summary.path.name  # of a bare request, the file
    name = Span(one_line(summary.name.id or stem), "id")
    facts = "  ".join(one_line(fact) for fact in (summary.header.model, summary.header.endpoint) if fact)
    yield line(name, f"  {facts}", lead=lead)
    yield styled(one_line(summary.header.test_id or "no test"), "dim", indent=1)


def _choice(neighbors: Sequence[Neighbor]) -> Iterator[Line]:
    first, *rest = neighbors
    yield line(
        f"Nearest {_RELATIONS[first.relation]}: ",
        Span(one_line(first.recording.summary.name.reference), "id"),
        f", {_distance(first)}.",
    )
    if rest:
        yield styled("Next are:", "dim")
    for neighbor in rest:
        yield line(
            Span(one_line(neighbor.recording.summary.name.reference), "id"),
            Span(f"  {_distance(neighbor)}", "dim"),
            indent=1,
        )


def _distance(neighbor: Neighbor) -> str:
    if not neighbor.differences:
        return "the request is the same"
    places = plural(neighbor.differences, "place")
    share = f"{neighbor.distance:.0%}" if neighbor.distance >= _ROUNDS_TO_ONE_PERCENT else "less than 1%"
    return f"{share} of the request differs, in {places}"


def _repeats_model(change: Change, changes: Sequence[Change]) -> bool:
    """Return whether a change of the model beside the body repeats that in the body: one is enough."""
    return change.path == ("model",) and any(
        other.path[1:] == ("model",)
        and (other.op, other.old, other.new) == (change.op, change.old, change.new)
        for other in changes
    )


def _verdict(compared: Comparison) -> Iterator[Line]:
    requested = [change for change in compared.changes if change.path[0] != "response"]
    found: Verdict = compared.verdict
    if not (has_target(compared.old) and has_target(compared.new)):
        yield line("Without a url there is no hash: give an object with method, url and body.")
    elif found.same_hash is None:
        yield line("No hash rule is known for requests of this kind.")
    elif found.same_hash and requested:
        yield styled("Same hash: the rule normalizes what differs.", "bold")
    elif found.same_hash:
        yield styled("Same hash.", "bold")
    elif found.differs_in == ("test_id",):
        same = all(change.path == ("test_id",) for change in requested)
        rest = "the requests are the same" if same else "the rule normalizes the rest"
        yield styled(f"Not the same hash: {rest}, but the test id is part of it.", "bold")
    else:
        yield styled(f"Not the same hash: {', '.join(found.differs_in)} {_differ(found.differs_in)}.", "bold")
    for recording in found.misnamed:
        name = one_line(recording.summary.name.reference)
        yield styled(
            f"{name} is not named by the current hash of its request: a replay will not find it.", "warning"
        )


def _differ(parts: Sequence[str]) -> str:
    return "differs" if len(parts) == 1 else "differ"
