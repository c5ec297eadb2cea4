"""`recctl show --chunks`: a stream as recorded, one line per chunk, with what each adds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from recctl.conversation import assembly
from recctl.conversation.delta import (
    CallPart,
    Delta,
    Failed,
    Finish,
    Logprobs,
    ModelNames,
    Opened,
    Piece,
    Usage,
    Vectors,
    payload,
)
from recctl.conversation.read_response import detect, read_items
from recctl.recordings.recording import Recording
from recctl.support.jsonvalue import Json, as_items, as_object, as_str, compact
from recctl.views.escaping import one_line
from recctl.views.logprobs import tokens_of
from recctl.views.styled_lines import Line, Span, line, styled
from recctl.views.units import plural


def chunks_page(recording: Recording) -> Iterator[Line]:
    """Yield the items of the response body in order, numbered from 0 as in the file."""
    items = as_items(recording.response.get("body"))
    wire_format = detect(items)
    assembler = assembly.Assembler()
    added: dict[int, list[Delta]] = defaultdict(list)
    for position, delta in read_items(items, wire_format):
        if assembler.add(delta):
            added[position].append(delta)
    width = len(str(max(len(items) - 1, 0)))
    several = any(_choice_of(delta) for deltas in added.values() for delta in deltas)
    for position, item in enumerate(items):
        spans = [span for delta in added[position] for span in _added(delta, several)]
        label = _label(item)
        what = Span(f"{one_line(label)}  " if label else "", "dim")
        nothing = Span("" if label or item == "" else "nothing", "dim")
        yield line(what, *(spans or [nothing]), lead=Span(f"{position:>{width}}  ", "dim"))
    if not items:
        yield styled("the stream has no chunks", "dim")


def _choice_of(delta: Delta) -> int:
    return delta.choice if isinstance(delta, Opened | Piece | CallPart | Finish) else 0


def _label(item: Json) -> str:
    """Return the name of an event; in most formats chunks have none."""
    if isinstance(item, str):
        return item if not item.startswith("data:") else "data"
    data = as_object(payload(item))
    return as_str(data.get("event_type")) or as_str(data.get("type")) or ""


def _added(delta: Delta, several: bool) -> Iterator[Span]:
    if several and isinstance(delta, Opened | Piece | CallPart | Finish):
        yield Span(f"choice {delta.choice} ", "dim")
    match delta:
        case Opened(role):
            yield Span(f"role {one_line(role or '')}  ", "role")
        case Piece(text, voice):
            name = "" if voice == "text" else f"{voice} "
            yield Span(name, "dim")
            yield Span(f"{_quoted(text)}  ", "reasoning" if voice == "reasoning" else "plain")
        case CallPart(call_id, name, arguments):
            parts = (name or "", call_id or "", _quoted(arguments) if arguments else "")
            yield Span(f"call {' '.join(one_line(part) for part in parts if part)}  ", "tool")
        case Finish(reason):
            yield Span(f"finish {one_line(reason)}  ", "name")
        case Failed(failure):
            yield Span(f"error {one_line(failure.message or failure.type or '')}  ", "error")
        case _:
            yield from _counted(delta)


def _counted(delta: Delta) -> Iterator[Span]:
    """Yield what a chunk adds besides text and tool calls."""
    match delta:
        case Logprobs(values):
            yield Span(f"{plural(len(list(tokens_of(values))), 'logprob')}  ", "dim")
        case Usage(counts):
            yield Span(f"usage {one_line(compact(counts))}  ", "dim")
        case Vectors(lengths):
            yield Span(f"{len(lengths)} embeddings  ", "plain")
        case ModelNames(names):
            yield Span(f"model {one_line(', '.join(names))}  ", "model")


def _quoted(text: str) -> str:
    """Return a text in quotes, so that blanks at its ends show."""
    return one_line(compact(text))
