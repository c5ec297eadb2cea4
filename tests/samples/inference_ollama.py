"""Suite `inference`, third part: Ollama's own generate and chat calls."""

from __future__ import annotations

from tests.samples import ollama_parts as ollama
from tests.samples.builder import Data, Recording, inference, streamed, whole
from tests.samples.openai_parts import function_tool, user

_TESTS = "tests/integration/inference/test_ollama_native.py"
_GENERATE_URL = f"{ollama.SERVER}/api/generate"
_CHAT_URL = f"{ollama.SERVER}/api/chat"
_LLAMA = "llama3.2:3b"


def recordings() -> list[Recording]:
    """Every call through Ollama's own client of the suite."""
    return [
        _generate(),
        _generate_stream(),
        _chat_with_thinking(),
        _chat_with_tool_call(),
        _chat_in_one_piece(),
    ]


def _generate() -> Recording:
    body: Data = {"model": "llama-guard3:1b", "raw": True, "prompt": "Is this safe: a walk on the pier?"}
    body |= {"options": {"temperature": 0.0}, "stream": False}
    answer = ollama.generate("llama-guard3:1b", "safe", (18, 2))
    return inference(f"{_TESTS}::test_guard[walk]", _GENERATE_URL, body, whole(answer))


def _generate_stream() -> Recording:
    body: Data = {"model": "gpt-oss:20b", "prompt": "Name a river in Hungary.", "stream": True}
    pieces = ("The", " Tisza", ".")
    thoughts = [ollama.generate("gpt-oss:20b", "", thinking=text) for text in ("Danube is", " too easy.")]
    chunks = [ollama.generate("gpt-oss:20b", piece) for piece in pieces]
    last = ollama.generate("gpt-oss:20b", "", (22, 11), context=[27, 91, 318, 5012, 91, 29])
    test_id = f"{_TESTS}::test_river[txt=ollama/gpt-oss:20b]"
    return inference(test_id, _GENERATE_URL, body, streamed(*thoughts, *chunks, last))


def _chat_with_thinking() -> Recording:
    model = "gpt-oss:20b"
    body = {"model": model, "messages": [user("Umbrella in Cork today?")], "think": True, "stream": True}
    thoughts = [ollama.chat(model, "", thinking=text) for text in ("Cork is", " often wet.")]
    chunks = [ollama.chat(model, piece) for piece in ("Take", " one along.")]
    last = ollama.chat(model, "", (70, 15))
    test_id = f"{_TESTS}::TestNativeChat::test_umbrella[txt=ollama/gpt-oss:20b]"
    return inference(test_id, _CHAT_URL, body, streamed(*thoughts, *chunks, last))


def _chat_with_tool_call() -> Recording:
    weather = function_tool("get_weather", "Current weather of a city.", city="The city's name")
    body = {"model": _LLAMA, "messages": [user("Weather in Cork?")], "tools": [weather], "stream": True}
    # Ollama sends a tool call intact, with arguments as an object and without an id.
    call = {"function": {"name": "get_weather", "arguments": {"city": "Cork", "days": 1}}}
    chunks = [ollama.chat(_LLAMA, "", tool_calls=[call]), ollama.chat(_LLAMA, "", (165, 19))]
    test_id = f"{_TESTS}::TestNativeChat::test_weather_tool[txt=ollama/llama3.2:3b]"
    return inference(test_id, _CHAT_URL, body, streamed(*chunks))


def _chat_in_one_piece() -> Recording:
    body = {"model": _LLAMA, "messages": [user("One beach near Cork?")], "stream": False}
    answer = ollama.chat(_LLAMA, "Inchydoney.", (33, 6))
    test_id = f"{_TESTS}::TestNativeChat::test_beach[txt=ollama/llama3.2:3b]"
    return inference(test_id, _CHAT_URL, body, whole(answer))
