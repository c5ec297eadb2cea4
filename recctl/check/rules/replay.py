"""RC1: recordings that a replay does not find, or finds under a wrong name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from recctl.check.context import Subject
from recctl.check.facts import Seen
from recctl.check.rules.rule import Note, Rule
from recctl.check.same_test import Siblings
from recctl.recordings.ogx.filename import DIRECTORY
from recctl.suite.node_ids import parse_node_id
from recctl.suite.roots import project_root
from recctl.support.paths import absolute_path

# Where calls made outside any test are recorded, and looked for by all of them.
_SHARED = f"common/{DIRECTORY}"


def _edited(subject: Subject) -> Iterator[Note]:
    if subject.fit.status != "edited":
        return
    name = subject.summary.name
    if name.hash is None:
        message = f"its name is no request hash; by the request it would be {subject.fit.hash}.json"
        yield Note(message, many="have names that are no request hash")
    else:
        message = f"its name is not the hash of its request under any rule; that is {_short(subject)}"
        yield Note(message, many="have names that are not the hash of their request under any rule")


def _short(subject: Subject) -> str:
    return f"{(subject.fit.hash or '')[:12]}…"


EDITED = Rule(
    "RC101",
    "edited",
    "error",
    meaning="The name of the file is not the hash of its request, under no hash rule there ever was.",
    why="A replay computes the hash and looks for that name, so it never finds this recording. Usually "
    "somebody replaced text in place (a model name, a test id) and the name stayed.",
    fix="recctl hash FILE tells the hash and, inside git, the commit that broke it. Undo that edit, or "
    "record the test again and delete the file.",
    needs_all=False,
    look=_edited,
)


def _superseded(subject: Subject) -> Iterator[Note]:
    fit = subject.fit
    if fit.rule is not None and fit.status in ("superseded", "ahead"):
        age = "an older" if fit.status == "superseded" else "a newer"
        which = f"{age} hash rule, that of {fit.rule.since}, not the one in force"
        yield Note(f"its name fits {which}", many=f"have names that fit {which}")


SUPERSEDED = Rule(
    "RC102",
    "superseded",
    "error",
    meaning="The name of the file is the hash of its request, but by another rule than the one in force.",
    why="Recorders change how they compute the hash. What was recorded before is not found any more: the "
    "recording is dead until it is made again.",
    fix="Record the test again and delete the file. If the project's recorder is older than recctl's newest "
    'rule, name its release in pyproject.toml: [tool.recctl] hash-rule = "ogx 1.4". Where recctl may be '
    "wrong, --recorder PYTHON asks the recorder itself.",
    needs_all=False,
    look=_superseded,
)


def _wrong_directory(subject: Subject) -> Iterator[Note]:
    test_id = subject.summary.header.test_id
    if test_id is None or subject.fit.status not in ("live", "unknown"):
        return
    test_file = parse_node_id(test_id).file
    directory = test_file.rpartition("/")[0]
    wanted = f"{directory}/{DIRECTORY}" if directory else DIRECTORY
    if _lies_in(subject, wanted) or _lies_in(subject, _SHARED):
        return
    there = f"; {subject.path.name} is there already" if _is_taken(subject, test_file, wanted) else ""
    many = f"lie outside of {wanted}/, where their test looks" if not there else None
    yield Note(f"its test looks in {wanted}/, and it does not lie there{there}", many=many)


def _is_taken(subject: Subject, test_file: str, directory: str) -> bool:
    """Whether the directory in which a replay looks holds a file of the same name."""
    root = project_root(subject.path, test_file)
    return root is not None and os.path.lexists(root / directory / subject.path.name)


def _lies_in(subject: Subject, directory: str) -> bool:
    place = os.path.dirname(absolute_path(subject.path)).replace(os.sep, "/")
    return place.endswith(f"/{directory}")


WRONG_DIRECTORY = Rule(
    "RC104",
    "wrong-directory",
    "error",
    meaning="The file lies in a directory in which a replay of its test does not look. That is the directory "
    f"{DIRECTORY} beside the test file, or the shared one, common/{DIRECTORY}.",
    why="A test file was moved and its recordings stayed, or a recording was copied by hand. Replay does not "
    "find it.",
    fix="Move the file to the directory that the message names. Where that holds a file of the same name, a "
    "replay finds that one: delete the file that the message is about instead.",
    needs_all=False,
    look=_wrong_directory,
)


def _no_test(subject: Subject) -> Iterator[Note]:
    summary = subject.summary
    if summary.header.test_id is not None or subject.fit.status != "live" or not subject.is_bound_to_test:
        return
    if not _lies_in(subject, _SHARED):
        where = f"outside of common/{DIRECTORY}"
        yield Note(f"it names no test, and lies {where}", many=f"name no test, and lie {where}")


NO_TEST = Rule(
    "RC105",
    "no-test",
    "error",
    meaning="The recording names no test (test_id is null) and lies in the directory of some test, although "
    "its hash depends on the test.",
    why="A test that asks this computes a hash with its own id and never finds the file. Calls made outside "
    f"any test are looked for in common/{DIRECTORY}.",
    fix=f"Move it to common/{DIRECTORY} if the call is made outside any test and no file of that name is "
    "there; else record the test again and delete the file.",
    needs_all=False,
    look=_no_test,
)


def _same_request(seen: Seen, siblings: Siblings) -> Iterator[Note]:
    # Without a live twin RC101 or RC102 has said all there is. Several model lists may answer one request.
    twin = None if seen.summary.name.digest else siblings.live_twin(seen)
    if twin is not None:
        yield Note(
            f"it records the same request as {twin.path.name}", many="record the request of a live recording"
        )


SAME_REQUEST = Rule(
    "RC106",
    "same-request",
    "error",
    meaning="A replay does not find the file, and finds another one in the directory for the same request.",
    why="One request has one answer in a replay. This file is never read, and misleads whoever reads it. "
    "The test needs no new recording.",
    fix="Compare them with recctl diff A B --part all, and delete the one that the message is about.",
    needs_all=False,
    look_around=_same_request,
)

RULES = (EDITED, SUPERSEDED, WRONG_DIRECTORY, NO_TEST, SAME_REQUEST)
