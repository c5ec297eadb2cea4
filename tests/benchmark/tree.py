"""A tree of made recordings in real proportions, the same on every machine.

Sizes and lengths follow what one public suite holds: 27 kB on average, from 1 kB to about 1 MB; four in ten
streamed, in 2 to 1,400 chunks, half of them below 17; three in ten embeddings; the rest whole answers.
"""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import pairwise
from pathlib import Path

from tests.samples.builder import Data, request_hash, streamed, typed, whole
from tests.samples.openai_parts import (
    EMBEDDING,
    OPENAI_URL,
    assistant,
    chat,
    chat_chunk,
    delta,
    function_tool,
    user,
)

# The share of streams that have at most so many chunks.
_CHUNKS = ((0.0, 2), (0.1, 3), (0.25, 8), (0.5, 16), (0.75, 30), (0.9, 90), (0.99, 320), (1.0, 1400))
_TEXT = "the ferry to the island leaves at nine from the second pier when the wind allows it"
_WORDS = _TEXT.split()
_PER_DIRECTORY = 250
_PER_TEST = 8
_WITH_TOOLS = 0.3
_ID = "rec-000000000000"
_TEMPLATES = 100  # different responses of each kind: what differs between files is mostly the request


def make(place: Path, count: int) -> list[Path]:
    """Write `count` recordings below a directory, beside the tests that made them; their paths."""
    paths = []
    for number in range(count):
        suite = f"tests/integration/suite_{number // _PER_DIRECTORY:03}"
        test = f"{suite}/test_suite.py::test_{number // _PER_TEST:05}[txt=openai/gpt-4o]"
        directory = place / suite / "recordings"
        if not number % _PER_DIRECTORY:
            directory.mkdir(parents=True, exist_ok=True)
            (directory.parent / "test_suite.py").write_text(
                _tests(number, min(count, number + _PER_DIRECTORY))
            )
        digest, data = recording(number, test)
        path = directory / f"{digest}.json"
        path.write_bytes(data)
        paths.append(path)
    return paths


def _tests(first: int, last: int) -> str:
    names = dict.fromkeys(number // _PER_TEST for number in range(first, last))
    return "".join(f"def test_{name:05}():\n    ...\n\n\n" for name in names)


def recording(number: int, test: str) -> tuple[str, bytes]:
    """The hash and the bytes of a recording; each number gives another one, always the same."""
    chance = random.Random(number)
    kind = chance.choices(("stream", "embedding", "whole"), (40, 30, 30))[0]
    request = _request(kind, number, chance)
    digest = request_hash(test, request)
    head = json.dumps({"test_id": test, "request": request}, indent=2)[:-2]
    body = _response(kind, number % _TEMPLATES).replace(_ID, f"rec-{digest[:12]}")
    return digest, f'{head},\n  "response": {body},\n  "id_normalization_mapping": {{}}\n}}\n'.encode("ascii")


def _request(kind: str, number: int, chance: random.Random) -> Data:
    prompt = f"{number}: {_text(chance, chance.choice((5, 20, 60, 400)))}"
    path = "embeddings" if kind == "embedding" else "chat/completions"
    model = "nomic" if kind == "embedding" else "gpt-4o"
    body: Data = {"model": model}
    body |= {"input": prompt} if kind == "embedding" else {"messages": [user(prompt)]}
    if kind != "embedding" and chance.random() < _WITH_TOOLS:
        body["tools"] = [function_tool("get_weather", "The weather of a city.", city="Its name.")]
    if kind == "stream":
        body["stream"] = True
    return {
        "method": "POST",
        "url": OPENAI_URL.replace("chat/completions", path),
        "headers": {},
        "body": body,
        "endpoint": f"/v1/{path}",
        "model": model,
    }


@cache
def _response(kind: str, number: int) -> str:
    """A response as it stands in a file, one level in."""
    chance = random.Random(f"{kind} {number}")
    response = {"stream": _stream, "embedding": _embedding, "whole": _whole}[kind](chance, number)
    first, *rest = json.dumps(response, indent=2).splitlines()
    return "\n".join([first, *(f"  {line}" for line in rest)])


def _stream(chance: random.Random, number: int) -> Data:
    count = _chunks((number + chance.random()) / _TEMPLATES)
    pieces = [chat_chunk("gpt-4o", {}, delta(f" {chance.choice(_WORDS)}")) for _ in range(count - 1)]
    return streamed(*(_stamped(item) for item in [*pieces, chat_chunk("gpt-4o", {}, delta(finish="stop"))]))


def _chunks(share: float) -> int:
    """How many chunks the stream has below which this share of all streams stays."""
    for (low, few), (high, many) in pairwise(_CHUNKS):
        if share <= high:
            return round(float(few * (many / few) ** ((share - low) / (high - low))))
    return _CHUNKS[-1][1]


def _embedding(chance: random.Random, _: int) -> Data:
    length = chance.choice((384, 768))
    vectors = ([chance.gauss(0, 0.04) for _ in range(length)] for _ in range(chance.choice((1, 1, 1, 2, 8))))
    data = [
        {"embedding": vector, "index": index, "object": "embedding"} for index, vector in enumerate(vectors)
    ]
    return whole(typed(EMBEDDING, data=data, model="nomic", object="list", usage={"total_tokens": 9}))


def _whole(chance: random.Random, _: int) -> Data:
    answer = chat("gpt-4o", {}, assistant(_text(chance, chance.choice((10, 40, 500)))), {"total_tokens": 90})
    return whole(_stamped(answer))


def _stamped(item: Data) -> Data:
    item["__data__"] |= {"id": _ID, "created": 0}
    return item


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words))
