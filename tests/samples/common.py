"""Calls outside any test (suite `common`), and the two recordings of the oldest era."""

from __future__ import annotations

from tests.samples import ollama_parts as ollama
from tests.samples.builder import (
    Data,
    Recording,
    inference,
    old_inference,
    streamed,
    typed,
    whole,
    without_mapping,
)
from tests.samples.openai_parts import (
    OLLAMA_SERVER,
    OLLAMA_URL,
    assistant,
    chat,
    listed_model,
    usage,
    user,
)

_LLAMA = "llama3.2:3b"
_SIZE = 2019393189


def recordings() -> list[Recording]:
    """Every recording without a test id."""
    return [
        _model_list(),
        without_mapping(_running_models()),
        _local_models(),
        _pull(),
        _pull_stream(),
        _old_chat(),
        _old_generate(),
    ]


def _model_list() -> Recording:
    # A list of another host: the test id is null in the hash whoever asks.
    models = [listed_model("gpt-4o", 1715367049, "system"), listed_model("gpt-4o-mini", 1721172741, "system")]
    url = "https://api.openai.com/v1/v1/models"
    return inference(None, url, {}, whole(models), provider={"openai_sdk_version": "2.5.0"})


def _running_models() -> Recording:
    model: Data = {"model": _LLAMA, "name": _LLAMA, "digest": "5e1f" * 16}
    model |= {"expires_at": "2025-10-06T09:12:47.330518+02:00", "size": _SIZE, "size_vram": _SIZE}
    model["details"] = ollama.model_details("llama", "3.2B", "Q4_K_M")
    body = typed(ollama.PROCESSES, models=[model])
    return inference(None, f"{ollama.SERVER}/api/ps", {}, whole(body))


def _local_models() -> Recording:
    models = [
        {
            "model": name,
            "modified_at": "2025-10-02T18:20:44.512093+02:00",
            "digest": digest * 16,
            "size": size,
            "details": ollama.model_details(family, parameters, "Q4_K_M"),
        }
        for name, digest, size, family, parameters in (
            (_LLAMA, "5e1f", _SIZE, "llama", "3.2B"),
            ("gpt-oss:20b", "a70c", 13793441244, "gptoss", "20.9B"),
        )
    ]
    body = typed(ollama.MODELS, models=models)
    return inference(None, f"{ollama.SERVER}/api/tags", {}, whole(body))


def _pull() -> Recording:
    body = {"model": _LLAMA}
    answer = _progress("success", None)
    return inference(None, f"{ollama.SERVER}/api/pull", body, whole(answer))


def _pull_stream() -> Recording:
    body = {"model": "all-minilm:l6-v2", "stream": True}
    steps = [("pulling manifest", None), ("pulling 797b70c4edf8", 22975744)]
    steps += [("pulling 797b70c4edf8", 45949216), ("success", None)]
    chunks = [_progress(status, completed) for status, completed in steps]
    return inference(None, f"{ollama.SERVER}/api/pull", body, streamed(*chunks))


def _progress(status: str, completed: int | None) -> Data:
    total = None if completed is None else 45949216
    digest = None if completed is None else "sha256:" + "797b" * 16
    return typed(ollama.PROGRESS, status=status, completed=completed, total=total, digest=digest)


def _old_chat() -> Recording:
    # The decimal has more than five places, so newer rules would give another hash.
    body: Data = {"model": _LLAMA, "messages": [user("What is the altitude at 46.5197, 6.632273?")]}
    body |= {"stream": False, "temperature": 0.0000125}
    answer = chat(_LLAMA, OLLAMA_SERVER, assistant("Lausanne lies at about 495 m."), usage(45, 11))
    return old_inference(OLLAMA_URL, body, whole(answer))


def _old_generate() -> Recording:
    body: Data = {"model": _LLAMA, "raw": True, "prompt": "Greet a guest from Chile."}
    body |= {"options": {"temperature": 0.0001, "top_p": 0.9}, "stream": True}
    chunks = [ollama.generate(_LLAMA, piece) for piece in ("Bienvenido", " from the", " Andes!")]
    last = ollama.generate(_LLAMA, "", (31, 8))
    return old_inference(f"{ollama.SERVER}/api/generate", body, streamed(*chunks, last))
