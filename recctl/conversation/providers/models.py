"""Lists of models: OpenAI's, Ollama's `ps` and `tags`, and the one model of Text-Embeddings-Inference."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.delta import Delta, ModelNames
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import Json, JsonObject, as_list, as_object, as_str

_NAMES = ("id", "model", "name", "model_id")  # the first that is present counts
# An answer with a `model_id` has one of these keys.
_ANSWERS = frozenset({"choices", "data", "embeddings", "generated_text", "output", "predictions", "results"})


def looks_like(data: JsonObject) -> bool:
    """Return whether data is a model, a list of models, or a server's description of its model."""
    return (
        data.get("object") == "model"
        or _are_models(data.get("models"))
        or any(as_object(item).get("object") == "model" for item in as_list(data.get("data")))
        or (isinstance(data.get("model_id"), str) and not _ANSWERS & data.keys())
    )


def _are_models(models: Json) -> bool:
    """Return whether a list is empty or names a model; other APIs list models by address."""
    return isinstance(models, list) and (not models or bool(_names(models)))


def _read(data: JsonObject) -> Iterator[Delta]:
    if isinstance(data.get("models"), list):
        yield ModelNames(_names(data["models"]))
    elif isinstance(data.get("data"), list):
        yield ModelNames(_names(data["data"]))
    else:
        yield ModelNames(_names([data]))


def _names(models: list[Json]) -> tuple[str, ...]:
    fields = map(as_object, models)
    named = (next((name for key in _NAMES if (name := as_str(model.get(key)))), None) for model in fields)
    return tuple(name for name in named if name)


read = item_by_item(_read)
