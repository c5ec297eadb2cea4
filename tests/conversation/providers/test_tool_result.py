"""Tool results: content as a string or parts, and errors."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, Transcript
from recctl.support.jsonvalue import Json, JsonObject


def result(content: Json, **fields: Json) -> JsonObject:
    data = {"content": content, "error_message": None, "error_code": None, "metadata": None, **fields}
    return {"__type__": "ogx_api.tools.ToolInvocationResult", "__data__": data}


def answer(text: str, error: Failure | None = None) -> Transcript:
    return Transcript("tool-result", (Choice(0, "tool", text),), error=error)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(result('{"x": [1]}'), answer('{"x": [1]}'), id="a string of JSON"),
        pytest.param(
            result([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]), answer("ab"), id="parts"
        ),
        pytest.param(result(["a", {"type": "image", "image": {}}, "b"]), answer("ab"), id="a part no text"),
        pytest.param(result(None), answer(""), id="null"),
        pytest.param(result(""), answer(""), id="empty"),
        pytest.param(
            {"__type__": "x.ToolInvocationResult", "__data__": {}}, answer(""), id="nothing but the class"
        ),
        pytest.param({"content": "a", "error_message": None}, answer("a"), id="plain object"),
        pytest.param(
            result(None, error_message="Unknown flight", error_code=404),
            answer("", Failure(None, "Unknown flight", 404)),
            id="error with a number",
        ),
        pytest.param(
            result("a", error_message="Oh", error_code="E1", metadata={"k": 1}),
            answer("a", Failure("E1", "Oh", body={"k": 1})),
            id="error beside content",
        ),
        pytest.param(result(None, error_code=500), answer("", Failure(None, None, 500)), id="only a code"),
        pytest.param(result("a", error_message="", error_code=0), answer("a"), id="empty error"),
    ],
)
def test_tool_result(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_a_code_of_another_type_still_tells_of_an_error() -> None:
    assert assemble(result(None, error_code=["E1"])).error == Failure(None, None)
