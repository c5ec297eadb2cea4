"""`recctl show`: one recording, readable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from recctl.catalog.references import Library
from recctl.cli import completers
from recctl.cli.options import DirOption, JsonOption, refuse_together, report, search
from recctl.conversation.answer import answer
from recctl.conversation.transcript import Transcript
from recctl.recordings.recording import Recording, load, read
from recctl.support.errors import RecctlError, Unreadable
from recctl.views import output
from recctl.views.styled_lines import BLANK, Line


def show(
    references: Annotated[
        list[str],
        typer.Argument(
            metavar="REF...",
            help="rec-<hash>, 4 or more digits of a hash, or a path.",
            autocompletion=completers.references,
        ),
    ],
    text: Annotated[
        bool, typer.Option("--text", help="Print exactly the assembled text, nothing else.")
    ] = False,
    chunks: Annotated[
        bool, typer.Option("--chunks", help="Show the stream as it came, a line a chunk.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Write the file's bytes.")] = False,
    long: Annotated[
        bool, typer.Option("--long", help="Show everything in full, log probabilities of tokens included.")
    ] = False,
    as_json: JsonOption = False,
    directories: DirOption = None,
) -> None:
    """What was asked, and what did the model answer? Read recordings, streams put together.

    Examples:

      recctl show rec-ab7d61e2daa7

      recctl show ab7d --text | wc -w
    """
    refuse_together(text=text, chunks=chunks, raw=raw, json=as_json)
    # --json is full without it.
    refuse_together(long=long, text=text, chunks=chunks, raw=raw)
    library = Library(lambda: search(directories))
    problems: list[RecctlError] = []
    if raw:
        for reference in references:
            try:
                output.write_file(read(library.resolve(reference).path))
            except RecctlError as error:
                problems.append(error)
        raise typer.Exit(report(problems))
    recordings = _recordings(references, library, problems)
    if as_json:
        _print_json(recordings)
    elif text:
        _print_text(recordings)
    else:
        output.write_page(_pages(recordings, chunks, long))
    raise typer.Exit(report([*library.problems(), *problems]))


def _recordings(
    references: list[str], library: Library, problems: list[RecctlError]
) -> Iterator[tuple[Recording, Transcript]]:
    for reference in references:
        try:
            ref = library.resolve(reference)
            recording = load(ref)
            try:
                yield recording, answer(recording)
            except RecursionError:
                raise Unreadable(ref.path, "is nested too deeply to be a recording") from None
        except RecctlError as error:
            problems.append(error)


def _print_json(recordings: Iterator[tuple[Recording, Transcript]]) -> None:
    from recctl.views.as_json import encode, recording_object

    output.write_json(encode([recording_object(recording, said) for recording, said in recordings]))


def _print_text(recordings: Iterator[tuple[Recording, Transcript]]) -> None:
    from recctl.views.answer_text import text_of_answers

    said = [(recording.summary.name.reference, transcript) for recording, transcript in recordings]
    for label, transcript in said:
        if not any(choice.text for choice in transcript.choices):
            output.say(f"recctl: {label}: the answer has no text; recctl show {label} shows what it is")
    output.write_exact(text_of_answers(said))


def _pages(recordings: Iterator[tuple[Recording, Transcript]], chunks: bool, long: bool) -> list[Line]:
    from recctl.views.chunks import chunks_page
    from recctl.views.show import recording_page

    lines: list[Line] = []
    for recording, said in recordings:
        if lines:
            lines += [BLANK, BLANK]
        lines += chunks_page(recording) if chunks else recording_page(recording, said, long)
    return lines
