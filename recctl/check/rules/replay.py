"""RC1: recordings that a replay does not find, or finds under a wrong name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from recctl.check.context import Context
from recctl.check.facts import Facts
from recctl.check.related import Related
from recctl.check.rules.rule import Rule, Violation
from recctl.recordings.ogx.filename import DIRECTORY
from recctl.suite.node_ids import parse_node_id
from recctl.suite.roots import project_root
from recctl.support.paths import absolute_path

# Where calls made outside any test are recorded, and looked up by every test.
_SHARED = f"common/{DIRECTORY}"


def _edited(context: Context) -> Iterator[Violation]:
    fit = context.fit
    if fit.status != "edited":
        return
    if context.summary.name.hash is None:
        message = f"its name is not a request hash; the name for its request is {fit.hash}.json"
        yield Violation(message, group_message="have names that are not request hashes")
    else:
        short = f"{(fit.hash or '')[:12]}…"
        message = f"its name is not the hash of its request under any hash rule; the current hash is {short}"
        group_message = "have names that are not the hash of their request under any hash rule"
        yield Violation(message, group_message=group_message)


EDITED = Rule(
    "RC101",
    "edited",
    "error",
    meaning="The name of the file is not the hash of its request under any hash rule, past or present.",
    why="A replay computes the hash and looks for that name, so it never finds this recording. Usually "
    "somebody replaced text in the file (a model name, a test id) and kept the name.",
    how_to_fix="recctl hash FILE prints the hash and, inside git, the commit that broke it. Undo that edit, "
    "or record the test again and delete the file.",
    needs_document=False,
    check=_edited,
)


def _superseded(context: Context) -> Iterator[Violation]:
    fit = context.fit
    if fit.rule is not None and fit.status in ("superseded", "ahead"):
        age = "an older" if fit.status == "superseded" else "a newer"
        which = f"{age} hash rule, that of {fit.rule.since}, not the one in force"
        yield Violation(f"its name fits {which}", group_message=f"have names that fit {which}")


SUPERSEDED = Rule(
    "RC102",
    "superseded",
    "error",
    meaning="The name of the file is the hash of its request, but by another rule than the one in force.",
    why="Recorders change how they compute the hash. A replay does not find what was recorded before, until "
    "it is recorded again.",
    how_to_fix="Record the test again and delete the file. If the project's recorder is older than recctl's "
    'newest rule, name its release in pyproject.toml: [tool.recctl] hash-rule = "ogx 1.4". To ask the '
    "recorder itself, use --recorder PYTHON.",
    needs_document=False,
    check=_superseded,
)


def _wrong_directory(context: Context) -> Iterator[Violation]:
    test_id = context.summary.header.test_id
    if test_id is None or context.fit.status not in ("live", "unknown"):
        return
    test_file = parse_node_id(test_id).file
    parent = test_file.rpartition("/")[0]
    directory = f"{parent}/{DIRECTORY}" if parent else DIRECTORY
    if _is_in(context, directory) or _is_in(context, _SHARED):
        return
    where = f"not in {directory}/, where"
    if _is_taken(context, test_file, directory):
        yield Violation(f"it is {where} its test looks and finds another {context.path.name}")
    else:
        yield Violation(f"it is {where} its test looks", group_message=f"are {where} their test looks")


def _is_taken(context: Context, test_file: str, directory: str) -> bool:
    """Return whether the directory in which a replay looks has a file of the same name."""
    root = project_root(context.path, test_file)
    return root is not None and os.path.lexists(root / directory / context.path.name)


def _is_in(context: Context, directory: str) -> bool:
    parent = os.path.dirname(absolute_path(context.path)).replace(os.sep, "/")
    return parent.endswith(f"/{directory}")


WRONG_DIRECTORY = Rule(
    "RC104",
    "wrong-directory",
    "error",
    meaning="The file is in a directory in which a replay of its test does not look. A replay looks in "
    f"{DIRECTORY} beside the test file, and in the shared directory common/{DIRECTORY}.",
    why="A test file was moved without its recordings, or a recording was copied by hand. A replay does not "
    "find it.",
    how_to_fix="Move the file to the directory that the message names. If that has a file of the same name, "
    "a replay uses that one: delete the reported file instead.",
    needs_document=False,
    check=_wrong_directory,
)


def _no_test(context: Context) -> Iterator[Violation]:
    summary = context.summary
    if summary.header.test_id is not None or context.fit.status != "live" or not context.is_bound_to_test:
        return
    if not _is_in(context, _SHARED):
        message = f"it names no test and is not in {_SHARED}/"
        yield Violation(message, group_message=f"name no test and are not in {_SHARED}/")


NO_TEST = Rule(
    "RC105",
    "no-test",
    "error",
    meaning="The recording names no test (test_id is null) and is in the directory of some test, although "
    "its hash depends on the test.",
    why="A test that makes this request computes a hash with its own id and never finds the file. Calls made "
    f"outside any test are looked up in {_SHARED}.",
    how_to_fix=f"Move it to {_SHARED} if the call is made outside any test and no file of that name is "
    "there; else record the test again and delete the file.",
    needs_document=False,
    check=_no_test,
)


def _same_request(facts: Facts, related: Related) -> Iterator[Violation]:
    # With no other file only RC101 or RC102 applies. Several lists of models may belong to one request.
    other = None if facts.summary.name.digest else related.replayed_instead(facts)
    if other is not None:
        message = f"it records the same request as {other.path.name}, which a replay finds instead"
        yield Violation(message, group_message="record a request for which a replay finds another recording")


SAME_REQUEST = Rule(
    "RC106",
    "same-request",
    "error",
    meaning="A replay does not find the file, and finds another one in the directory for the same request.",
    why="A replay uses one answer per request. This file is never read, and misleads whoever reads it. "
    "The test need not be recorded again.",
    how_to_fix="Compare them with recctl diff A B --part all, and delete the reported file.",
    needs_document=False,
    check_related=_same_request,
)

RULES = (EDITED, SUPERSEDED, WRONG_DIRECTORY, NO_TEST, SAME_REQUEST)
