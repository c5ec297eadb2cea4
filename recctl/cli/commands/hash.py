"""`recctl hash`: the hash that names a recording, under every rule there was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from recctl.catalog.hash_history import Break, find_break
from recctl.catalog.references import Library
from recctl.cli import completers
from recctl.cli.exit_codes import ERROR, FINDINGS, SUCCESS
from recctl.cli.options import DirOption
from recctl.cli.path_arguments import find_recordings
from recctl.cli.reporting import report_problems
from recctl.cli.rule_in_force import RecorderOption, hash_rule
from recctl.cli.stdin import read_stdin
from recctl.recordings.header import Kind
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.ogx.hash_rules import Asked, HashRule, asked_of, fit_of
from recctl.recordings.recording import load, read
from recctl.recordings.ref import Ref
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.git import find_repository
from recctl.support.jsonvalue import Json, loads
from recctl.support.paths import current_directory
from recctl.views import output
from recctl.views.hashes import recording_page, request_page

_WITHOUT_BODY = ("GET", "HEAD", "DELETE")


def hash(  # noqa: A001 - the command's name
    context: typer.Context,
    reference: Annotated[
        str | None,
        typer.Argument(
            metavar="[REF]",
            help="A recording, as for recctl show.",
            autocompletion=completers.references,
        ),
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Hash a request instead: its url.")] = None,
    body: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="The JSON body of the request; - reads stdin.")
    ] = None,
    method: Annotated[str, typer.Option(metavar="METHOD", help="The method of the request.")] = "POST",
    test_id: Annotated[
        str | None, typer.Option("--test-id", metavar="ID", help="The test that makes the request.")
    ] = None,
    plain_http: Annotated[
        bool, typer.Option("--http", help="A plain HTTP request, not one of a provider's SDK.")
    ] = False,
    recorder: RecorderOption = None,
    directories: DirOption = None,
) -> None:
    """Why does a replay not find this recording? Show the hash of its request under every hash rule.

    Says which rule's hash is the file's name; if none is and git knows the file, since which
    commit. With --url and --body, computes under which name a request would be recorded. Exits
    with 1 if a replay would find nothing.

    Examples:

      recctl hash rec-ab7d61e2daa7

      recctl hash --url https://api.openai.com/v1/v1/models --body request.json
    """
    library = Library(lambda: find_recordings(directories))
    if (reference is None) == (url is None):
        raise RecctlError("hash needs a recording, or --url and --body", "give one of the two")
    if reference is not None and (body is not None or test_id is not None or plain_http):
        raise RecctlError("--body, --test-id and --http need --url", "with a recording, leave them out")
    in_force = hash_rule(find_project(current_directory()), recorder, context)
    if reference is not None:
        raise typer.Exit(_show_recording(library.resolve(reference), in_force))
    if body is None and method.upper() not in _WITHOUT_BODY:
        raise RecctlError("--url needs --body", "for an empty body: --body - < /dev/null")
    kind: Kind = "http" if plain_http else "inference"
    content = {} if body is None else _read_body(body)
    request = {"method": method, "url": url, "test_id": test_id}
    asked = Asked(kind, test_id, {**request, "payload" if plain_http else "body": content})
    raise typer.Exit(_show_request(asked, library, in_force))


def _show_recording(ref: Ref, in_force: HashRule) -> int:
    """Print the hashes of a recording; return the exit code."""
    recording = load(ref)
    asked = asked_of(recording)
    fit = fit_of(asked, recording.summary.name, in_force)
    since = _since(ref.path, in_force) if fit.status == "edited" else None
    output.write_page(list(recording_page(recording, asked, fit, in_force, since)))
    return SUCCESS if fit.status in ("live", "unknown") else FINDINGS


def _since(path: Path, in_force: HashRule) -> Break | None:
    """Return since which version the name does not fit, None if git does not know."""
    try:
        repository = find_repository(path.absolute().parent)
    except RecctlError:  # not in a repository, or no git: the hash does not need it
        return None
    try:
        return find_break(repository, path.absolute(), in_force)
    except RecctlError as error:
        report_problems([error])
        return None


def _show_request(asked: Asked, library: Library, in_force: HashRule) -> int:
    """Print the hashes of a request and the recordings that answer it; return the exit code."""
    digest = in_force.hash(asked)
    try:
        files = library.files()
    except RecctlError as error:
        report_problems([error])
        files = ()
    found = [Ref(path) for path in files if in_force.fits(parse_filename(path.name), digest)]
    output.write_page(list(request_page(asked, in_force, digest, found)))
    if report_problems(library.problems()):
        return ERROR
    return SUCCESS if found else FINDINGS


def _read_body(source: str) -> Json:
    """Return the JSON body of a request. Raises RecctlError."""
    path = Path(source)
    raw = read_stdin("give a file with --body") if source == "-" else read(path)
    if not raw.strip():
        return {}  # what a recorder hashes for an empty body
    try:
        return loads(raw.decode())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(path, f"is not JSON: {error}", "--body takes the JSON that is sent") from None
