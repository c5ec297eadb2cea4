"""Suites `tool_runtime` and `files`: tool results, and the kind of request that was withdrawn."""

from __future__ import annotations

import json

from tests.samples.builder import Data, Recording, file_processing, tool, typed, whole

_TESTS = "tests/integration/tool_runtime/test_travel_tools.py"
_FILE_TESTS = "tests/integration/files/test_guide_files.py"
_RESULT = "ogx_api.tools.ToolInvocationResult"


def recordings() -> list[Recording]:
    """Every recording of both suites."""
    return [_json_text(), _parts(), _error(), _processed_file()]


def _json_text() -> Recording:
    # The answer is text that happens to be JSON, with escapes of its own.
    top = [
        {
            "url": "https://travel.example/sintra",
            "title": "A day in Sintra \u2013 what to see",
            "content": "Start early: the palace of Pena fills up by ten.",
            "score": 0.87641203,
            "raw_content": None,
        }
    ]
    text = json.dumps({"query": "day trip Sintra", "top_k": top})
    kwargs = {"query": "day trip Sintra"}
    test_id = f"{_TESTS}::test_searches_the_web[txt=openai/gpt-4o]"
    return tool(test_id, "tavily", "web_search", kwargs, whole(_result(text)))


def _parts() -> Recording:
    texts = ("Gate B12", "boarding at 17:40")
    content = [{"type": "text", "text": text} for text in texts]
    test_id = f"{_TESTS}::TestDepartureBoard::test_reads_the_board"
    kwargs = {"flight": "TP 1234"}
    return tool(test_id, "model-context-protocol", "get_departure", kwargs, whole(_result(content)))


def _error() -> Recording:
    result = _result(None, message="Unknown flight: XX 0000", code=404)
    test_id = f"{_TESTS}::TestDepartureBoard::test_unknown_flight"
    kwargs = {"flight": "XX 0000"}
    return tool(test_id, "model-context-protocol", "get_departure", kwargs, whole(result))


def _result(content: object, *, message: str | None = None, code: int | None = None) -> Data:
    return typed(_RESULT, content=content, error_message=message, error_code=code, metadata=None)


def _processed_file() -> Recording:
    chunk = {"content": "Tram 28 crosses the Alfama.", "chunk_id": "lisbon-0", "metadata": {"page": 1}}
    answer = typed(
        "ogx_api.file_processors.models.ProcessFileResponse",
        chunks=[chunk],
        metadata={"processor": "pypdf", "pages": 1},
    )
    return file_processing(
        f"{_FILE_TESTS}::test_guide_is_split", "pypdf", "process_file", "file-31d7c0a94b52", whole(answer)
    )
