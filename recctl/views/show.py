"""`recctl show`: one recording as a person reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from recctl.conversation.providers.formats import ERROR, UNKNOWN
from recctl.conversation.request.conversation import conversation, declarations
from recctl.conversation.request.types import Call, Media, Message, Other, Part, Result, Text, Tool
from recctl.conversation.transcript import Choice, Embeddings, Failure, ToolCall, Transcript, token_counts
from recctl.recordings.recording import Recording
from recctl.recordings.ref import display_ref
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import Json, JsonObject, compact, pretty
from recctl.views.escaping import columns, one_line, visible
from recctl.views.logprobs import logprob_lines, tokens_of
from recctl.views.styled_lines import BLANK, Line, Span, line, styled
from recctl.views.units import format_size, plural

_LABEL_WIDTH = 9  # of the widest label at the top, and a blank
_MAX_NAME_WIDTH = 20  # up to which names of parameters are aligned
_MAX_INLINE = 60  # characters of JSON that go on one line


def recording_page(recording: Recording, answer: Transcript, long: bool = False) -> Iterator[Line]:
    """Yield where a recording is from, its request as a conversation, and its assembled answer.

    With `long` also declarations of tools as recorded, the whole usage object, the body of an error,
    and the log probability of each token.
    """
    yield from _head(recording.summary, answer)
    yield from _request(recording, long)
    yield BLANK
    yield _title("Answer")
    yield from _answer(answer, long)


def _title(text: str) -> Line:
    return Line((Span(text, "heading"),), is_title=True)


def _head(summary: Summary, answer: Transcript) -> Iterator[Line]:
    header = summary.header
    facts = [Span(one_line(summary.name.id or summary.name.stem), "id")]
    facts += [Span("  " + one_line(text), "model") for text in (header.model,) if text]
    facts += [Span("  " + one_line(text), "plain") for text in (header.provider,) if text]
    yield Line(tuple(facts))
    rows = (
        ("test", summary.header.test_id or "none"),
        ("file", f"{display_ref(summary.ref)} ({format_size(summary.size)})"),
        (
            "request",
            " ".join(filter(None, (summary.header.method, summary.header.url)))
            or summary.header.endpoint
            or "?",
        ),
        ("format", _format(summary, answer)),
    )
    for label, text in rows:
        yield line(one_line(text), indent=1, lead=Span(label.ljust(_LABEL_WIDTH), "dim"))


def _format(summary: Summary, answer: Transcript) -> str:
    header = summary.header
    if header.exception and answer.type == ERROR:
        return "none: an exception was raised instead of an answer"
    streamed = f", streamed in {plural(header.chunks or 0, 'chunk')}" if header.streaming else ""
    return f"{answer.type}{streamed}"


def _request(recording: Recording, long: bool) -> Iterator[Line]:
    request = conversation(recording)
    declared = declarations(recording.request) if long else []
    sections = [
        *(list(_message(message)) for message in request.messages),
        list(_tools(request.tools, declared)),
        list(_parameters(request.parameters)),
    ]
    yield BLANK
    yield _title("Request")
    shown = [section for section in sections if section]
    for number, section in enumerate(shown):
        if number:
            yield BLANK
        yield from section
    if not shown:
        yield styled("only the url", "dim", indent=1)


def _tools(tools: Sequence[Tool], declared: list[Json]) -> Iterator[Line]:
    """Yield the tools, and their declarations as recorded if there are any."""
    if not tools:
        return
    yield styled("tools", "role")
    for tool in tools:
        yield from _tool(tool)
    if declared:
        yield styled("as recorded", "dim", indent=1)
        yield styled(visible(pretty(declared)), "plain", indent=2)


def _parameters(parameters: JsonObject) -> Iterator[Line]:
    if not parameters:
        return
    yield styled("parameters", "role")
    named = [(one_line(key), value) for key, value in parameters.items()]
    width = min(max(columns(name) for name, _ in named), _MAX_NAME_WIDTH)
    for name, value in named:
        yield from _parameter(name, width, value)


def _message(message: Message) -> Iterator[Line]:
    texts = [part for part in message.parts if isinstance(part, Text)]
    numbered = message.role == "input" and len(texts) > 1
    role = f"input, {plural(len(texts), 'text')}" if numbered else message.role
    result = next((part for part in message.parts if isinstance(part, Result)), None)
    answers = (
        ""
        if result is None
        else f"  answers {result.name or ''}{' ' if result.name else ''}{result.id or ''}"
    )
    yield line(Span(one_line(role), "role"), Span(one_line(answers.rstrip()), "dim"))
    for number, part in enumerate(part for part in message.parts if part is not result):
        if numbered and isinstance(part, Text):
            yield line(visible(part.text), indent=1, lead=Span(f"{number + 1}. ", "dim"))
        else:
            yield from _part(part)
    if not message.parts:
        yield styled("(nothing)", "dim", indent=1)


def _part(part: Part) -> Iterator[Line]:
    match part:
        case Text(text, reasoning):
            yield from _reasoning(text) if reasoning else [styled(_json_or_text(text), "plain", indent=1)]
        case Media(description):
            yield styled(f"[{one_line(description)}]", "warning", indent=1)
        case Call(call_id, name, arguments):
            yield from _call(ToolCall(call_id, name, arguments))
        case Result(call_id, name):
            yield styled(one_line(f"answers {name or call_id or '?'}"), "dim", indent=1)
        case Other(value):
            yield styled(visible(pretty(value)), "warning", indent=1)


def _json_or_text(text: str) -> str:
    """Text as it is, unless it is a JSON object or array, which is easier to read indented."""
    if text[:1] in ("{", "["):
        try:
            return visible(pretty(json.loads(text)))
        except (ValueError, RecursionError):
            pass
    return visible(text)


def _call(call: ToolCall) -> Iterator[Line]:
    yield line(
        Span("calls ", "dim"),
        Span(one_line(call.name or "?"), "tool"),
        Span(_after(call.id), "dim"),
        indent=1,
    )
    if call.arguments:
        yield styled(_json_or_text(call.arguments), "plain", indent=2)


def _after(text: str | None) -> str:
    return f"  {one_line(text)}" if text else ""


def _tool(tool: Tool) -> Iterator[Line]:
    if tool.kind:
        yield line(Span(one_line(tool.name), "tool"), Span("  (built in)", "dim"), indent=1)
        return
    given = ", ".join(f"{one_line(each.name)}{'' if each.required else '?'}" for each in tool.parameters)
    yield line(Span(one_line(tool.name), "tool"), f"({given})", indent=1)
    if tool.description:
        yield styled(visible(tool.description.strip()), "plain", indent=2)
    for each in tool.parameters:
        kind = f" {one_line(each.type)}" if each.type else ""
        description = f"  {visible(each.description.strip())}" if each.description else ""
        yield line(Span(kind, "dim"), description, indent=3, lead=Span(one_line(each.name), "name"))


def _parameter(name: str, width: int, value: Json) -> Iterator[Line]:
    text = value if isinstance(value, str) else compact(value)
    lead = Span(f"{name}{' ' * (width - columns(name))}  ", "name")
    if isinstance(value, dict | list) and len(text) > _MAX_INLINE:
        yield line(indent=1, lead=lead)
        yield styled(visible(pretty(value)), "plain", indent=2)
    else:
        yield line(visible(text), indent=1, lead=lead)


def _reasoning(text: str) -> Iterator[Line]:
    """Yield reasoning with a label: in a pipe there is no colour to tell it from the answer."""
    yield styled("reasoning", "dim", indent=1)
    yield styled(visible(text), "reasoning", indent=2)


def _answer(answer: Transcript, long: bool) -> Iterator[Line]:
    lines = [
        *_choices(answer.choices, long),
        *_embeddings(answer.embeddings),
        *_models(answer.models),
        *_failure(answer.error, long),
    ]
    if answer.type == UNKNOWN:
        lines.append(styled("a format recctl does not know; the body as recorded:", "warning"))
        lines.append(styled(visible(pretty(answer.body)), "plain", indent=1))
    if answer.usage:
        lines.append(line(Span("tokens  ", "dim"), _tokens(answer.usage)))
        if long:
            lines.append(styled(visible(pretty(answer.usage)), "dim", indent=1))
    yield from lines or [styled("(nothing)", "dim")]


def _choices(choices: tuple[Choice, ...], long: bool) -> Iterator[Line]:
    for number, choice in enumerate(choices):
        if number:
            yield BLANK
        yield from _choice(choice, alone=len(choices) == 1)
        if choice.logprobs:
            count = plural(sum(1 for _ in tokens_of(choice.logprobs)), "token")
            hint = "" if long else "; --long shows them"
            yield line(Span("logprobs  ", "dim"), f"{count}{hint}")
            yield from logprob_lines(choice.logprobs) if long else ()


def _models(models: tuple[str, ...] | None) -> Iterator[Line]:
    if models is not None:
        yield line(plural(len(models), "model"))
        for name in models:
            yield styled(one_line(name), "model", indent=1)


def _choice(choice: Choice, alone: bool) -> Iterator[Line]:
    who = choice.role or "answer"
    yield styled(one_line(who if alone else f"choice {choice.index}: {who}"), "role")
    if choice.reasoning:
        yield from _reasoning(choice.reasoning)
    if choice.text:
        yield styled(_json_or_text(choice.text), "plain", indent=1)
    if choice.refusal:
        yield line(visible(choice.refusal), indent=1, lead=Span("refuses: ", "error"))
    for call in choice.tool_calls:
        yield from _call(call)
    if not (choice.text or choice.reasoning or choice.refusal or choice.tool_calls):
        yield styled("(no words)", "dim", indent=1)
    if choice.finish_reason:
        yield line(Span("finish  ", "dim"), one_line(choice.finish_reason))


def _embeddings(vectors: Embeddings | None) -> Iterator[Line]:
    if vectors is None:
        return
    length = "" if vectors.dimensions is None else f" of {plural(vectors.dimensions, 'dimension')}"
    yield line(f"{plural(vectors.count, 'embedding')}{length}")
    if vectors.sample:
        numbers = ", ".join(f"{number:.6g}" for number in vectors.sample)
        yield styled(f"{numbers}, …", "dim", indent=1)


def _failure(failure: Failure | None, long: bool) -> Iterator[Line]:
    if failure is None:
        return
    status = "" if failure.status is None else f"status {failure.status}  "
    yield line(Span("error  ", "error"), status, Span(one_line(failure.type or ""), "error"))
    if failure.message:
        yield styled(visible(failure.message), "plain", indent=1)
    if failure.body is not None and (long or not failure.message):
        yield styled(visible(pretty(failure.body)), "plain", indent=1)
    if source := "  ".join(filter(None, (failure.category, failure.provider))):
        yield styled(one_line(source), "dim", indent=1)


def _tokens(usage: JsonObject) -> str:
    counts = token_counts(usage)
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or visible(compact(usage))
