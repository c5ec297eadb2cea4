"""What the recorder writes, by format.md and the sample builder: nothing of recctl takes part."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.edit.serializer import RandomSerializer, at, differing, spliced
from tests.samples.builder import Data, normalised

EPOCH = "1970-01-01T00:00:00.000000Z"
DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")


def hash_in(name: str) -> str:
    """Return the hash in a recording's name: for model lists the middle part."""
    return name.removeprefix("models-").removesuffix(".json").partition("-")[0]


def settled(name: str, document: Data) -> Data:
    """Return the document with its response as the recorder would have evened it out."""
    return {**document, "response": normalised(document["response"], hash_in(name))}


def written(document: Data) -> bytes:
    """Return the bytes that the recorder writes of a document."""
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def unsettled(document: Data, random: Random) -> Data:
    """Return the document with the ids, times and durations that a server would send."""
    document = copy.deepcopy(document)
    for data in _recorded_data(document):
        if data.get("object") != "model":
            _set(data, "id", random.choice([f"chatcmpl-é{random.random()}", "", None, 7]))
            _set(data, "created", random.choice([random.randrange(2**31), random.random(), None, "now"]))
        _set(data, "created_at", random.choice(["2025-10-06T09:12:47.330518Z", random.random() * 1e9, 0]))
        for key in DURATIONS:
            if data.get(key) is not None:
                data[key] = random.choice([random.randrange(1, 10**12), 0.0, False, "3 s"])
    return document


def _recorded_data(document: Data) -> Iterator[Data]:
    body = document["response"]["body"]
    for item in body if isinstance(body, list) else [body]:
        if isinstance(item, dict) and "__data__" in item:
            yield item["__data__"]


def _set(data: Data, key: str, value: Any) -> None:
    if key in data:
        data[key] = value


def reformatted(path: Path, document: Data, random: Random, wild: float) -> tuple[bytes, bytes]:
    """Return a document in random formatting, and the same with only its values normalized."""
    serializer = RandomSerializer(random, wild)
    raw = serializer.document(document)
    after = settled(path.name, document)
    changes = {
        serializer.spans[place]: json.dumps(at(after, place)).encode() for place in differing(document, after)
    }
    return raw, spliced(raw, changes)
