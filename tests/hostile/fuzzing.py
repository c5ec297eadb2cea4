"""What the tests of hostile files share: mutations of recordings, every command on them, what must hold.

The budget is small by default. RECCTL_FUZZ=50 makes it fifty times as large.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from tests.helpers import SAMPLES, Result, chat, run
from tests.samples.builder import Data

FACTOR = float(os.environ.get("RECCTL_FUZZ") or 1)
LONG = FACTOR > 1

Place = tuple[str | int, ...]


def budget(examples: int) -> settings:
    """Hypothesis settings for so many examples in the default run, more when RECCTL_FUZZ says so."""
    calm = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    # To make a failing file smaller takes longer than to look at it.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    number = max(1, int(examples * FACTOR))
    return settings(max_examples=number, suppress_health_check=calm, phases=phases)


# ---- real recordings


def _sources() -> dict[str, bytes]:
    directories = [SAMPLES]
    # Tests run without the RECCTL_ variables of the user; this is read before they are taken away.
    if corpus := os.environ.get("RECCTL_CORPUS"):
        directories.append(Path(corpus))
    files = [path for directory in directories for path in sorted(directory.rglob("*.json"))]
    return {path.name: path.read_bytes() for path in files if path.parent.name in ("recordings", "responses")}


SOURCES: dict[str, bytes] = _sources()
NAMES: tuple[str, ...] = tuple(SOURCES)
SMALL: tuple[str, ...] = tuple(name for name in NAMES if len(SOURCES[name]) < 20_000)


# ---- JSON that nobody expects

# Stands in for what Python's json cannot write; replaced in the bytes.
_MARK = "@@raw@@"
RAW_VALUES: tuple[bytes, ...] = (
    b"1e999",
    b"-1e999",
    b"-0.0",
    b"-0",
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"9" * 5_000,
    b"-" + b"9" * 5_000,
    b"9" * 400,
    b"18446744073709551616",
    b"1e400",
    b"1E5",
    b"0.000012",
    b"1e-7",
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"a\\u0000b"',
    b'"\\u001b[31mred"',
    b'"\\u202e\\u2028\\u0085\\u009b"',
    b"[" * 150 + b"]" * 150,
    b"[" * 190 + b"1" + b"]" * 190,
    b'{"a":' * 150 + b"1" + b"}" * 150,
    b"[" * 300 + b"]" * 300,
    b"[" * 2_000 + b"]" * 2_000,
    b'{"id": 1, "id": "x", "id": null}',
    b'{"created": 5, "created": 0}',
    b'"data: {\\"id\\": ' + b"[" * 900 + b"]" * 900 + b'}"',
    b'"data: {\\"obfuscation\\": \\"x\\", \\"a\\": ' + b"[" * 500 + b"]" * 500 + b'}"',
    b'"data: {\\"obfuscation\\": \\"x\\", \\"a\\": ' + b"[" * 230 + b"]" * 230 + b'}"',
    b'"data: {\\"interaction_id\\": \\"\\\\ud83d\\\\ude00\\", \\"obfuscation\\": \\"\\u00e9\\"}"',
    b'"data: {\\"response_id\\": NaN, \\"create_time\\": 1e999}"',
    b'"data:"',
    b'"data: {"',
    b'"event: error"',
    b'""',
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    7,
    10**30,
    -(10**30),
    2**63,
    1.5,
    -0.0,
    "",
    "x",
    "\x00",
    "é\u2028京",
    "[bold]x[/bold]",
    "a\nb\tc\rd",
    "http://[x",
    "http://a:99999999/b",
    "//",
    [],
    [[]],
    [None],
    [5, "x", {}],
    {},
    {"": ""},
    {"a": None},
    {"__type__": 5, "__data__": []},
    {"__type__": "x", "__data__": None},
    {"__data__": {"id": "x"}},
    {"id": 5, "created": "x", "object": [], "type": {}},
    {"type": "text", "text": None},
    {"error": {"message": 5, "type": [], "code": {}}},
)

# Keys that readers look at, to be put where they do not belong.
KEYS: tuple[str, ...] = (
    "id",
    "created",
    "created_at",
    "object",
    "type",
    "index",
    "delta",
    "content",
    "role",
    "text",
    "message",
    "messages",
    "tool_calls",
    "function",
    "name",
    "arguments",
    "choices",
    "usage",
    "error",
    "model",
    "models",
    "data",
    "embedding",
    "embeddings",
    "candidates",
    "parts",
    "thinking",
    "response",
    "output",
    "outputs",
    "item",
    "item_id",
    "output_index",
    "content_index",
    "part",
    "status",
    "code",
    "is_streaming",
    "body",
    "request",
    "test_id",
    "url",
    "method",
    "payload",
    "kwargs",
    "tool_name",
    "provider",
    "provider_metadata",
    "endpoint",
    "headers",
    "is_exception",
    "exception_data",
    "exception_message",
    "status_code",
    "id_normalization_mapping",
    "__type__",
    "__data__",
    "total_duration",
    "obfuscation",
    "system_fingerprint",
    "create_time",
    "response_id",
    "sdk_http_response",
    "results",
    "relevance_score",
    "interaction",
    "error_message",
    "error_code",
    "metadata",
    "logprobs",
    "input",
    "tools",
    "extra_body",
    "file_id",
    "api",
    "finish_reason",
    "prompt_eval_count",
    "stop_reason",
    "content_block",
    "partial_json",
    "system",
)


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where every value in a document lies, the document itself left out."""
    items: Sequence[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        yield (*place, key)
        yield from places(inner, (*place, key))


def at(document: Any, place: Place) -> Any:
    """Return the value at a place."""
    for key in place:
        document = document[key]
    return document


def with_value(document: Any, place: Place, value: Any) -> Any:
    """Return a copy of the document with another value at a place."""
    changed = copy.deepcopy(document)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def without(document: Any, place: Place) -> Any:
    """Return a copy of the document that lacks what is at a place."""
    changed = copy.deepcopy(document)
    del at(changed, place[:-1])[place[-1]]
    return changed


def dumped(document: Any) -> bytes:
    """Return a document as the recorder writes it."""
    return (json.dumps(document, indent=2) + "\n").encode()


def with_raw(document: Any, place: Place, raw: bytes) -> bytes:
    """Return the document's bytes with these at a place."""
    return dumped(with_value(document, place, _MARK)).replace(f'"{_MARK}"'.encode(), raw)


# ---- mutations of shapes: the JSON stays JSON


def _some_place(rnd: Random, document: Any) -> Place:
    """Return a place, more often near the top than deep in a chunk."""
    found = list(places(document))
    depth = rnd.randint(1, 7)
    return rnd.choice([place for place in found if len(place) <= depth])


def _odd(rnd: Random, raw: bytes) -> bytes:
    document = json.loads(raw)
    for _ in range(rnd.randint(1, 3)):
        document = with_value(document, _some_place(rnd, document), copy.deepcopy(rnd.choice(ODD_VALUES)))
        if not _has_places(document):
            break
    return dumped(document)


def _has_places(document: Any) -> bool:
    return next(places(document), None) is not None


def _raw_value(rnd: Random, raw: bytes) -> bytes:
    document = json.loads(raw)
    return with_raw(document, _some_place(rnd, document), rnd.choice(RAW_VALUES))


def _missing(rnd: Random, raw: bytes) -> bytes:
    document = json.loads(raw)
    for _ in range(rnd.randint(1, 3)):
        if _has_places(document):
            document = without(document, _some_place(rnd, document))
    return dumped(document)


def _foreign_key(rnd: Random, raw: bytes) -> bytes:
    document = json.loads(raw)
    objects = [place for place in places(document) if isinstance(at(document, place), dict)]
    place = rnd.choice(objects)
    value = copy.deepcopy(rnd.choice(ODD_VALUES))
    return dumped(with_value(document, (*place, rnd.choice(KEYS)), value))


def _moved(rnd: Random, raw: bytes) -> bytes:
    """Return a part of this or of another recording stands where it does not belong."""
    document, other = json.loads(raw), json.loads(SOURCES[rnd.choice(SMALL)])
    part = at(other, _some_place(rnd, other))
    return dumped(with_value(document, _some_place(rnd, document), copy.deepcopy(part)))


def _answer_of_another(rnd: Random, raw: bytes) -> bytes:
    document, other = json.loads(raw), json.loads(SOURCES[rnd.choice(SMALL)])
    if rnd.randint(0, 1):
        document["response"]["body"] = other["response"]["body"]
    else:
        mine, theirs = document["response"]["body"], other["response"]["body"]
        mixed = [
            *(mine if isinstance(mine, list) else [mine]),
            *(theirs if isinstance(theirs, list) else [theirs]),
        ]
        rnd.shuffle(mixed)
        document["response"]["body"] = mixed
    return dumped(document)


def _mapped(rnd: Random, raw: bytes) -> bytes:
    document = json.loads(raw)
    keys = [rnd.choice(KEYS) for _ in range(3)]
    texts = [
        value
        for place in places(document["response"])
        if isinstance(value := at(document["response"], place), str)
    ]
    originals = [rnd.choice([*KEYS, "e", "1", "{", '"', "\ud800", *texts[:20]]) for _ in keys]
    document["id_normalization_mapping"] = dict(zip(keys, originals, strict=True))
    return dumped(document)


def _spelled_otherwise(rnd: Random, raw: bytes) -> bytes:
    document = json.loads(raw)
    way = rnd.randrange(4)
    if way == 0:
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
    if way == 1:
        return json.dumps(document, sort_keys=True, indent="\t", separators=(" ,", " :  ")).encode()
    if way == 2:
        return ("\ufeff" + json.dumps(document)).encode()
    return json.dumps(document, indent=4).replace("\n", "\r\n").encode()


def _key_twice(rnd: Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(rnd.randint(1, 3)):
        keyed = [
            number
            for number, line in enumerate(lines)
            if line.lstrip().startswith(b'"') and line.endswith(b",")
        ]
        if not keyed:
            break
        number = rnd.choice(keyed)
        key, _, rest = lines[number].partition(b":")
        other = rnd.choice((b" null,", b" 5,", b' "x",', b" {},", b" [1],", b" 0,", rest))
        lines.insert(number, key + b":" + other if rest else lines[number])
    return b"\n".join(lines)


SHAPES: tuple[Callable[[Random, bytes], bytes], ...] = (
    _odd,
    _odd,
    _raw_value,
    _raw_value,
    _missing,
    _foreign_key,
    _moved,
    _answer_of_another,
    _mapped,
    _spelled_otherwise,
    _key_twice,
)


# ---- mutations of bytes


def _cut(rnd: Random, raw: bytes) -> bytes:
    return raw[: rnd.randrange(len(raw) + 1)]


def _flipped(rnd: Random, raw: bytes) -> bytes:
    changed = bytearray(raw or b" ")
    for _ in range(rnd.randint(1, 8)):
        changed[rnd.randrange(len(changed))] ^= 1 << rnd.randrange(8)
    return bytes(changed)


def _spliced(rnd: Random, raw: bytes) -> bytes:
    other = SOURCES[rnd.choice(NAMES)]
    return raw[: rnd.randrange(len(raw) + 1)] + other[rnd.randrange(len(other) + 1) :]


def _repeated(rnd: Random, raw: bytes) -> bytes:
    start = rnd.randrange(len(raw) + 1)
    end = min(len(raw), start + rnd.randint(1, 400))
    return raw[:end] + raw[start:end] * rnd.randint(1, 20) + raw[end:]


_INSERTS = (
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xed\xa0\x80",
    b"\r\n",
    b"\xc2\x85",
    b"\x7f",
    b"\\",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"9" * 5_000,
    b"NaN",
    b"1e999",
    b"-0.0",
    b"\\ud800",
    b"\\u0000",
    b"// x\n",
)


def _inserted(rnd: Random, raw: bytes) -> bytes:
    place = rnd.randrange(len(raw) + 1)
    return raw[:place] + rnd.choice(_INSERTS) + raw[place:]


def _digits_changed(rnd: Random, raw: bytes) -> bytes:
    """Return a number becomes another one."""
    spots = [number for number in range(len(raw)) if raw[number : number + 1].isdigit()]
    if not spots:
        return raw
    spot = rnd.choice(spots)
    other = rnd.choice((b"1e999", b"-0.0", b"NaN", b"-Infinity", b"7" * 5_000, b"1.5e3", b"9" * 30, b"00"))
    return raw[:spot] + other + raw[spot + 1 :]


def _encoded(rnd: Random, raw: bytes) -> bytes:
    text = raw.decode(errors="replace")
    encoding = rnd.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-8-sig"))
    return text.encode(encoding, "surrogatepass")


def _line_ends(rnd: Random, raw: bytes) -> bytes:
    return raw.replace(b"\n", rnd.choice((b"\r\n", b"\r", b"\n\r", b"\x00\n", b"\x0b\n", b"\xc2\x85")))


def _line_lost(rnd: Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(rnd.randint(1, 3)):
        del lines[rnd.randrange(len(lines))]
        if not lines:
            break
    return b"\n".join(lines)


BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (
    _cut,
    _flipped,
    _flipped,
    _spliced,
    _repeated,
    _inserted,
    _inserted,
    _digits_changed,
    _digits_changed,
    _encoded,
    _line_ends,
    _line_lost,
)


@dataclass(frozen=True)
class Mutant:
    """A file made from a real recording: the name it had, and its bytes."""

    name: str
    raw: bytes

    def __repr__(self) -> str:
        return f"Mutant({self.name!r}, {self.raw[:300]!r}{'…' * (len(self.raw) > 300)})"


def mutant(rnd: Random, ways: Sequence[Callable[[Random, bytes], bytes]]) -> Mutant:
    """Return a recording changed in one of these ways."""
    name = rnd.choice(NAMES)
    return Mutant(name, rnd.choice(ways)(rnd, SOURCES[name]))


# ---- a tree with a good recording in it, and every command on it

BEACON_TEXT = "The beacon still shines."
BEACON_TEST = "tests/test_beacon.py::test_shines"


def _beacon() -> Data:
    document = copy.deepcopy(chat(BEACON_TEXT, test_id=BEACON_TEST).document)
    document["response"]["body"]["__data__"]["created"] = 1723
    return document


# Good, with something for check and normalize to say: it is not normalized.
BEACON = dumped(_beacon())
BEACON_NAME = Path(chat(BEACON_TEXT, test_id=BEACON_TEST).path).name
# Last and first in a directory, to stand before and after any other file.
FIRST, LAST = f"0{BEACON_NAME[1:]}", f"f{BEACON_NAME[1:]}"
OTHER = sorted(SMALL)[0]


def planted(root: Path, mutants: Sequence[Mutant], *, numbered: bool = False) -> list[Path]:
    """Write a tree with these files and good ones before and after; returns where the files are."""
    directory = root / "recordings"
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    (directory / BEACON_NAME).write_bytes(BEACON)
    found = []
    for number, each in enumerate(mutants):
        path = directory / (f"{number:08x}{each.name[8:]}" if numbered else each.name)
        path.write_bytes(each.raw)
        found.append(path)
    return found


@dataclass(frozen=True)
class Reading:
    """A command that only reads, how it is told of the file, and what it must still show of the good one."""

    args: tuple[str, ...]
    shows: str | None = None
    is_json: bool = False
    is_text: bool = True

    def argv(self, bad: str, other: str) -> list[str]:
        """Return the arguments for a file, with the good one where the command takes it."""
        places = {"BAD": bad, "GOOD": f"recordings/{BEACON_NAME}", "OTHER": other}
        return [places.get(arg, arg) for arg in self.args]


READINGS: tuple[Reading, ...] = (
    Reading(("ls", "recordings"), BEACON_TEST),
    Reading(("ls", "--json", "recordings"), BEACON_TEST, is_json=True),
    Reading(("ls", "--long", "recordings"), BEACON_TEST),
    Reading(("ls", "--ids", "--sort", "model", "--reverse", "recordings"), BEACON_NAME[:12]),
    Reading(("show", "BAD", "GOOD"), BEACON_TEXT),
    Reading(("show", "--text", "BAD", "GOOD"), BEACON_TEXT),
    Reading(("show", "--chunks", "BAD", "GOOD"), BEACON_TEXT),
    Reading(("show", "--raw", "BAD", "GOOD"), BEACON_TEXT, is_text=False),
    Reading(("show", "--json", "BAD", "GOOD"), BEACON_TEXT, is_json=True),
    Reading(("diff", "BAD", "GOOD")),
    Reading(("diff", "BAD", "--dir", "recordings")),
    Reading(("diff", "BAD", "OTHER", "--part", "all")),
    Reading(("diff", "BAD", "OTHER", "--part", "all", "--json"), is_json=True),
    Reading(("diff", "GOOD", "BAD", "--part", "response", "--json"), is_json=True),
    Reading(("check", "recordings"), BEACON_NAME),
    Reading(("check", "--format", "json", "recordings"), BEACON_NAME, is_json=True),
    Reading(("check", "--format", "github", "recordings"), BEACON_NAME),
    Reading(("hash", "BAD")),
    Reading(("normalize", "recordings"), BEACON_NAME),
    Reading(("normalize", "--volatile", "--json", "recordings"), BEACON_NAME, is_json=True),
    Reading(("prune", "--json", "recordings"), is_json=True),
)
_EXPECTED_CODES = (0, 1, 2)


def complaint(reading: Reading, result: Result) -> str | None:
    """Return what is wrong with how a command ended; None where nothing is."""
    if result.code not in _EXPECTED_CODES:
        return f"exit code {result.code}"
    if "a bug in recctl" in result.err or "Traceback" in result.err:
        return result.err
    return _unfit_output(reading, result)


def _unfit_output(reading: Reading, result: Result) -> str | None:
    try:
        text = result.out if reading.is_text else result.data.decode(errors="replace")
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error}"
    # Where a comparison is refused there is nothing to parse.
    if reading.is_json and (text or result.code != 2):
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            return f"no JSON: {error}: {text[:200]!r}"
    if reading.shows is not None and reading.shows not in text:
        return f"does not show the good recording; on stderr: {result.err[-400:]}"
    return None


def complaints(root: Path, each: Mutant, readings: Sequence[Reading] = READINGS) -> list[str]:
    """Every reading command on one file: what is wrong with any of them."""
    (path,) = planted(root, [each])
    other = root / "other" / OTHER
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(SOURCES[OTHER])
    bad = str(path.relative_to(root))
    found = []
    for reading in readings:
        argv = reading.argv(bad, f"other/{OTHER}")
        if (wrong := complaint(reading, run(*argv, cwd=root))) is not None:
            found.append(f"{' '.join(argv)}: {wrong}")
    return found


# ---- what changed in a document


def changes(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Yield the places, as normalize names them, where two documents differ; inside events too."""
    if isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        for key in old:
            yield from changes(old[key], new[key], f"{place}.{key}" if place else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from changes(one, other, f"{place}[{index}]")
    elif _is_event(old) and _is_event(new) and old != new:
        yield from changes(_value(old[5:]), _value(new[5:]), place)
    elif json.dumps(old) != json.dumps(new):
        yield place


def _value(text: str) -> Any:
    """Return a JSON value; Python converts no integer of 5,000 digits, which stays as it is spelled."""
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | str:
    return digits if len(digits) > 4_000 else int(digits)


def _is_event(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("data:")


def snapshot(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a directory."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def documents(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the JSON value of each file that has one."""
    found = {}
    for name, raw in files.items():
        try:
            found[name] = _value(raw.decode())
        except (ValueError, RecursionError):
            continue
    return found


def sample_of(start: str) -> str:
    """Return the name of the recording that starts so."""
    (name,) = (name for name in NAMES if name.startswith(start))
    return name


# ---- commands that write

WRITINGS: tuple[tuple[str, ...], ...] = (
    ("check", "--fix", "recordings"),
    ("normalize", "--write", "recordings"),
    ("normalize", "--volatile", "--write", "recordings"),
)


def undone(root: Path, mutants: Sequence[Mutant]) -> list[str]:
    """Let each writing command change a tree and take it back: what changed that should not have."""
    planted(root, mutants, numbered=True)
    tree = root / "recordings"
    found: list[str] = []
    for command in WRITINGS:
        before = snapshot(tree)
        named = _named(root, [arg for arg in command if arg == "--volatile"])
        result = run(*command, cwd=root)
        after = snapshot(tree)
        wrong = complaint(Reading(command), result)
        found += [] if wrong is None else [f"{command}: {wrong}"]
        found += [f"{command}: {told}" for told in _beyond(before, after, named)]
        if before == after:
            continue
        taken_back = run("undo", cwd=root)
        if taken_back.code != 0 or snapshot(tree) != before:
            found.append(f"{command}: undo left something: {taken_back.err}")
    return found


def _named(root: Path, options: list[str]) -> dict[str, set[str]]:
    """Return what normalize says it would change, by file."""
    told = json.loads(run("normalize", "--json", *options, "recordings", cwd=root).out)
    return {Path(each["path"]).name: {change["path"] for change in each["changes"]} for each in told}


def _beyond(
    before: Mapping[str, bytes], after: Mapping[str, bytes], named: Mapping[str, set[str]]
) -> Iterator[str]:
    """Yield what changed that normalize did not name; the spelling may."""
    if set(before) != set(after):
        yield f"files came or went: {set(before) ^ set(after)}"
        return
    old, new = documents(before), documents(after)
    for name in before:
        if before[name] == after[name]:
            continue
        if name not in old or name not in new:
            yield f"{name} was changed and is no JSON"
            continue
        for place in set(changes(old[name], new[name])) - named.get(name, set()):
            yield f"{name}: {place} changed"
