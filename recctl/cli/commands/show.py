"""`recctl show`: recordings as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer

from recctl.catalog.references import Library
from recctl.cli import completers
from recctl.cli.options import DirOption, JsonOption, forbid_together
from recctl.cli.path_arguments import find_recordings
from recctl.cli.reporting import report_problems
from recctl.conversation.answer import answer
from recctl.conversation.transcript import Transcript
from recctl.recordings.recording import TOO_DEEP, Recording, load, read
from recctl.support.errors import RecctlError, Unreadable
from recctl.views import output
from recctl.views.styled_lines import BLANK, Line


def show(
    references: Annotated[
        list[str],
        typer.Argument(
            metavar="REF...",
            help="rec-<hash>, at least 4 digits of a hash, or a path.",
            autocompletion=completers.references,
        ),
    ],
    text: Annotated[bool, typer.Option("--text", help="Print only the text of the answer, exactly.")] = False,
    chunks: Annotated[
        bool, typer.Option("--chunks", help="Print the stream as recorded, one line per chunk.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the file's bytes.")] = False,
    long: Annotated[
        bool, typer.Option("--long", help="Show everything in full, including log probabilities of tokens.")
    ] = False,
    as_json: JsonOption = False,
    directories: DirOption = None,
) -> None:
    """What was asked, and what did the model answer? Show recordings, with streams assembled.

    Examples:

      recctl show rec-ab7d61e2daa7

      recctl show ab7d --text | wc -w
    """
    forbid_together(text=text, chunks=chunks, raw=raw, json=as_json)
    # --long with --json is allowed, and changes nothing: --json is always complete.
    forbid_together(long=long, text=text, chunks=chunks, raw=raw)
    library = Library(lambda: find_recordings(directories))
    if raw:
        raise typer.Exit(report_problems(_write_files(references, library)))
    results = list(_read(references, library))
    answered = [one for one in results if isinstance(one, _Answered)]
    problems = [one for one in results if isinstance(one, RecctlError)]
    if as_json:
        _print_json(answered)
    elif text:
        _print_text(answered)
    else:
        output.write_page(_page(answered, chunks, long))
    raise typer.Exit(report_problems([*library.problems(), *problems]))


class _Answered(msgspec.Struct, frozen=True):
    """A recording and its answer, assembled."""

    recording: Recording
    answer: Transcript


def _write_files(references: list[str], library: Library) -> list[RecctlError]:
    """Write the bytes of each recording; return what went wrong."""
    problems = []
    for reference in references:
        try:
            output.write_file(read(library.resolve(reference).path))
        except RecctlError as error:
            problems.append(error)
    return problems


def _read(references: list[str], library: Library) -> Iterator[_Answered | RecctlError]:
    for reference in references:
        try:
            ref = library.resolve(reference)
            recording = load(ref)
            yield _Answered(recording, answer(recording))
        except RecursionError:
            yield Unreadable(ref.path, TOO_DEEP)
        except RecctlError as error:
            yield error


def _print_json(answered: list[_Answered]) -> None:
    from recctl.views.as_json import encode, recording_object

    output.write_json(encode([recording_object(one.recording, one.answer) for one in answered]))


def _print_text(answered: list[_Answered]) -> None:
    from recctl.views.answer_text import text_of_answers

    named = [(one.recording.summary.name.reference, one.answer) for one in answered]
    for name, transcript in named:
        if not any(choice.text for choice in transcript.choices):
            output.print_stderr(f"recctl: {name}: the answer has no text; see: recctl show {name}")
    output.write_exact(text_of_answers(named))


def _page(answered: list[_Answered], chunks: bool, long: bool) -> list[Line]:
    from recctl.views.chunks import chunks_page
    from recctl.views.show import recording_page

    lines: list[Line] = []
    for one in answered:
        if lines:
            lines += [BLANK, BLANK]
        lines += chunks_page(one.recording) if chunks else recording_page(one.recording, one.answer, long)
    return lines
