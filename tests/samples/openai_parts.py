"""Chunks and bodies as OpenAI's client library and the many servers that copy its API return them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from tests.samples.builder import Data, typed

CHAT = "openai.types.chat.chat_completion.ChatCompletion"
CHAT_CHUNK = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
COMPLETION = "openai.types.completion.Completion"
EMBEDDING = "openai.types.create_embedding_response.CreateEmbeddingResponse"
MODEL = "openai.types.model.Model"

OPENAI_URL = "https://api.openai.com/v1/v1/chat/completions"
OLLAMA_URL = "http://0.0.0.0:11434/v1/v1/chat/completions"
WITH_USAGE: Data = {"stream": True, "stream_options": {"include_usage": True}}

# What one provider puts into every chunk, besides the choices.
OPENAI_SERVER: Data = {"service_tier": "default", "system_fingerprint": "fp_5a17c0ffee"}
OLLAMA_SERVER: Data = {"service_tier": None, "system_fingerprint": "fp_ollama"}
PLAIN_SERVER: Data = {"service_tier": None, "system_fingerprint": None}


def user(text: object) -> Data:
    """Return a request message of the user."""
    return {"role": "user", "content": text}


def function_tool(name: str, description: str, **properties: str) -> Data:
    """Return a tool of a chat request; each property is a required string with its description."""
    parameters = {
        "type": "object",
        "properties": {key: {"type": "string", "description": text} for key, text in properties.items()},
        "required": list(properties),
    }
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


def usage(prompt: int, answer: int, **details: Data | None) -> Data:
    """Return the token counts of one call."""
    return {
        "completion_tokens": answer,
        "prompt_tokens": prompt,
        "total_tokens": prompt + answer,
        "completion_tokens_details": details.get("answer_details"),
        "prompt_tokens_details": details.get("prompt_details"),
    }


# ---- chat, streamed


def delta(text: str | None = None, *, index: int = 0, finish: str | None = None, **fields: Any) -> Data:
    """One choice of a chunk. `fields` fill the delta; `logprobs` belongs to the choice itself."""
    logprobs = fields.pop("logprobs", None)
    inner = {"content": text, "function_call": None, "refusal": None, "role": None, "tool_calls": None}
    return {"delta": {**inner, **fields}, "finish_reason": finish, "index": index, "logprobs": logprobs}


def first_delta(text: str | None = "", **fields: Any) -> Data:
    """Return the choice that opens an answer: it alone names the role."""
    return delta(text, role="assistant", **fields)


def call_delta(
    arguments: str, *, call_id: str | None = None, name: str | None = None, index: int = 0
) -> Data:
    """Return a piece of a tool call; only the first piece has id and name."""
    function = {"arguments": arguments, "name": name}
    kind = None if call_id is None else "function"
    return {"index": index, "id": call_id, "function": function, "type": kind}


def chat_chunk(model: str, server: Data, *choices: Data, counts: Data | None = None, **extra: Any) -> Data:
    """One chunk of a chat stream. Its id and time are set when the recording is made."""
    data = {
        "id": "",
        "choices": list(choices),
        "created": 0,
        "model": model,
        "object": "chat.completion.chunk",
        **server,
        "usage": counts,
    }
    return typed(CHAT_CHUNK, **{**data, **extra})


def openai_chunks(model: str, choices: list[Data], counts: Data | None = None) -> list[Data]:
    """Return a stream as OpenAI itself sends it: padded chunks, the usage in a last one without choices."""
    chunks = [chat_chunk(model, OPENAI_SERVER, choice) for choice in choices]
    if counts is not None:
        chunks.append(chat_chunk(model, OPENAI_SERVER, counts=counts))
    for number, chunk in enumerate(chunks):
        chunk["__data__"]["obfuscation"] = _padding(f"{model} {number}")
    return chunks


def _padding(seed: str) -> str:
    # OpenAI pads chunks with random text so that their length tells nothing. Ours has to repeat itself.
    digest = hashlib.sha256(seed.encode()).digest()
    return base64.b64encode(digest).decode().replace("/", "x").replace("+", "y")[: 4 + digest[0] % 12]


# ---- answers in one piece


def chat(model: str, server: Data, message: Data, counts: Data, *, finish: str = "stop") -> Data:
    """Return a whole chat completion with one choice."""
    choice = {"finish_reason": finish, "index": 0, "logprobs": None, "message": message}
    return typed(
        CHAT,
        id="",
        choices=[choice],
        created=0,
        model=model,
        object="chat.completion",
        **server,
        usage=counts,
    )


def assistant(text: str | None, **fields: Any) -> Data:
    """Return the message of a whole chat completion."""
    message = {
        "content": text,
        "refusal": None,
        "role": "assistant",
        "annotations": None,
        "audio": None,
        "function_call": None,
        "tool_calls": None,
    }
    return {**message, **fields}


def completion(model: str, text: str, *, finish: str | None = None, counts: Data | None = None) -> Data:
    """Return a text completion, whole or as a chunk: both have the same shape."""
    return typed(
        COMPLETION,
        id="",
        choices=[{"finish_reason": finish, "index": 0, "logprobs": None, "text": text}],
        created=0,
        model=model,
        object="text_completion",
        system_fingerprint="fp_ollama",
        usage=counts,
    )


def embeddings(model: str, vectors: list[Any], tokens: int) -> Data:
    """Return an embedding response; a vector is a list of floats or a base64 string."""
    data = [
        {"embedding": vector, "index": index, "object": "embedding"} for index, vector in enumerate(vectors)
    ]
    counts = {"prompt_tokens": tokens, "total_tokens": tokens}
    return typed(EMBEDDING, data=data, model=model, object="list", usage=counts)


def listed_model(name: str, created: int, owner: str) -> Data:
    """One model of a model list. The recorder leaves its id alone."""
    return typed(MODEL, id=name, created=created, object="model", owned_by=owner)
