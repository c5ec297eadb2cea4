"""`diff A B`: two recordings compared, and whether the hash tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.diff.changes import Change
from recctl.diff.comparison import Comparison, Verdict, goes_somewhere
from recctl.diff.nearest import Sibling, Tie
from recctl.recordings.recording import Recording
from recctl.views.changes import change_lines
from recctl.views.escaping import one_line
from recctl.views.styled_lines import BLANK, Line, Span, line, styled

_ONE_PERCENT = 0.005  # rounded
_TIES: dict[Tie, str] = {
    "test": "of the same test",
    "function": "of the same test function with other parameters",
    "endpoint": "of the same endpoint and model",
    "model": "of the same model",
}


def comparison_page(
    compared: Comparison, siblings: Sequence[Sibling], taken: Sequence[str] = ()
) -> Iterator[Line]:
    """What is compared, how the sibling was chosen, the changes, the verdict.

    `taken` names what a request given alone does not say, and is therefore taken to be as in the other.
    """
    for sign, recording, style in (("-", compared.old, "removed"), ("+", compared.new, "added")):
        yield from _head(sign, recording, "removed" if style == "removed" else "added")
    if siblings:
        yield BLANK
        yield from _chosen(siblings)
    shown = [change for change in compared.changes if not _repeats(change, compared.changes)]
    for change in shown:
        yield BLANK
        yield from change_lines(change)
    yield BLANK
    if not compared.changes:
        what = {
            "request": "The requests are",
            "response": "The answers are",
            "all": "Requests and answers are",
        }
        yield styled(f"{what[compared.part]} the same.", "bold")
    asked = [change for change in compared.changes if change.path[0] != "response"]
    yield from _verdict(compared, asked)
    if taken:
        yield styled(f"Not given, so taken to be the same: {', '.join(taken)}.", "dim")


def _head(sign: str, recording: Recording, style: str) -> Iterator[Line]:
    summary = recording.summary
    stem = summary.name.stem if recording.response else summary.path.name  # a request alone is a file
    name = Span(one_line(summary.name.id or stem), "id")
    facts = "  ".join(one_line(fact) for fact in (summary.header.model, summary.header.endpoint) if fact)
    lead = Span(f"{sign} ", "removed" if style == "removed" else "added")
    yield line(name, f"  {facts}", lead=lead)
    yield styled(one_line(summary.header.test_id or "no test named"), "dim", indent=1)


def _chosen(siblings: Sequence[Sibling]) -> Iterator[Line]:
    first, *rest = siblings
    yield line(
        f"Nearest {_TIES[first.tie]}: ",
        Span(one_line(first.recording.summary.name.reference), "id"),
        f", {_distance(first)}.",
    )
    if rest:
        yield styled("Next are:", "dim")
    for sibling in rest:
        yield line(
            Span(one_line(sibling.recording.summary.name.reference), "id"),
            Span(f"  {_distance(sibling)}", "dim"),
            indent=1,
        )


def _distance(sibling: Sibling) -> str:
    if not sibling.differences:
        return "the request is the same"
    places = f"{sibling.differences} place{'' if sibling.differences == 1 else 's'}"
    share = f"{sibling.distance:.0%}" if sibling.distance >= _ONE_PERCENT else "less than 1%"
    return f"{share} of the request differs, in {places}"


def _repeats(change: Change, every: Sequence[Change]) -> bool:
    """The model stands beside the body and in it: one of the two is enough to see."""
    return change.path == ("model",) and any(
        other.path[1:] == ("model",)
        and (other.op, other.old, other.new) == (change.op, change.old, change.new)
        for other in every
    )


def _verdict(compared: Comparison, asked: Sequence[Change]) -> Iterator[Line]:
    found: Verdict = compared.verdict
    if not (goes_somewhere(compared.old) and goes_somewhere(compared.new)):
        yield line("No hash without a url: give an object with method, url and body.")
    elif found.same_hash is None:
        yield line("No hash rule is known for requests of this kind.")
    elif found.same_hash and asked:
        yield styled("Same hash: the rule normalizes what differs.", "bold")
    elif found.same_hash:
        yield styled("Same hash.", "bold")
    elif found.apart == ("test_id",):
        same = all(change.path == ("test_id",) for change in asked)
        rest = "the requests are the same" if same else "the rule normalizes the rest"
        yield styled(f"Not the same hash: {rest}, but the test id is part of it.", "bold")
    else:
        yield styled(f"Not the same hash: {', '.join(found.apart)} {_differ(found.apart)}.", "bold")
    for recording in found.misnamed:
        name = one_line(recording.summary.name.reference)
        yield styled(
            f"The name of {name} is not the hash of its request today: a replay will not find it.", "warning"
        )


def _differ(parts: Sequence[str]) -> str:
    return "differs" if len(parts) == 1 else "differ"
