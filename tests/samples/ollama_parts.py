"""Chunks and bodies as Ollama's own client library returns them."""

from __future__ import annotations

from typing import Any

from tests.samples.builder import Data, typed

GENERATE = "ollama._types.GenerateResponse"
CHAT = "ollama._types.ChatResponse"
EMBED = "ollama._types.EmbedResponse"
PROCESSES = "ollama._types.ProcessResponse"
MODELS = "ollama._types.ListResponse"
PROGRESS = "ollama._types.ProgressResponse"

SERVER = "http://localhost:11434"


def generate(model: str, text: str, counts: tuple[int, int] | None = None, **fields: Any) -> Data:
    """Return a piece of a generated text; the one with token counts is the last."""
    tail = {"response": text, "thinking": None, "context": None}
    return typed(GENERATE, **_head(model, counts), **{**tail, **fields})


def chat(model: str, text: str, counts: tuple[int, int] | None = None, **fields: Any) -> Data:
    """Return a piece of a chat answer; `fields` fill its message."""
    message = {
        "role": "assistant",
        "content": text,
        "thinking": None,
        "images": None,
        "tool_name": None,
        "tool_calls": None,
    }
    return typed(CHAT, **_head(model, counts), message={**message, **fields})


def embed(model: str, vectors: list[list[float]], tokens: int) -> Data:
    """Return an embedding response."""
    head = {**_head(model, (tokens, 0)), "done": None, "done_reason": None}
    head.update(prompt_eval_duration=None, eval_count=None, eval_duration=None)
    return typed(EMBED, **head, embeddings=vectors)


def model_details(family: str, size: str, level: str) -> Data:
    """Return what Ollama tells about a model file."""
    return {
        "parent_model": "",
        "format": "gguf",
        "family": family,
        "families": [family],
        "parameter_size": size,
        "quantization_level": level,
    }


def _head(model: str, counts: tuple[int, int] | None) -> Data:
    # Durations are any number here: the recorder sets them to 0, but leaves null alone.
    duration = None if counts is None else 1
    return {
        "model": model,
        "created_at": "",
        "done": counts is not None,
        "done_reason": None if counts is None else "stop",
        "total_duration": duration,
        "load_duration": duration,
        "prompt_eval_count": counts[0] if counts else None,
        "prompt_eval_duration": duration,
        "eval_count": counts[1] if counts else None,
        "eval_duration": duration,
    }
