"""Lists of models: OpenAI's, and Ollama's ps and tags."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Transcript
from recctl.support.jsonvalue import Json, JsonObject


def openai(name: Json) -> JsonObject:
    return {"__type__": "openai.types.model.Model", "__data__": {"id": name, "object": "model", "created": 1}}


def ollama(kind: str, *models: Json) -> JsonObject:
    return {"__type__": f"ollama._types.{kind}", "__data__": {"models": list(models)}}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param([openai("gpt-4o"), openai("gpt-4o-mini")], ("gpt-4o", "gpt-4o-mini"), id="a list"),
        pytest.param(openai("gpt-4o"), ("gpt-4o",), id="one model"),
        pytest.param([openai("a"), openai("a")], ("a", "a"), id="one name twice"),
        pytest.param([openai(None), openai(""), openai(5), openai("a")], ("a",), id="names of odd types"),
        pytest.param(
            {"object": "list", "data": [{"object": "model", "id": "a"}, None]}, ("a",), id="list object"
        ),
        pytest.param(ollama("ProcessResponse", {"model": "a:1b", "name": "a:1b"}), ("a:1b",), id="Ollama ps"),
        pytest.param(
            ollama("ListResponse", {"model": "a:1b"}, {"model": "b:2b"}), ("a:1b", "b:2b"), id="Ollama tags"
        ),
        pytest.param(ollama("ListResponse", {"name": "a:1b", "model": None}), ("a:1b",), id="only a name"),
        pytest.param(ollama("ProcessResponse"), (), id="nothing runs"),
        pytest.param(ollama("ListResponse", None, 5, {}), (), id="entries without a name"),
        pytest.param({"models": [{"name": "a:1b"}]}, ("a:1b",), id="plain object"),
    ],
)
def test_model_names(body: Json, names: tuple[str, ...]) -> None:
    assert assemble(body) == Transcript("models", models=names)
