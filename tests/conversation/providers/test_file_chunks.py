"""Files as a file processor split them, recorded for a week in the kind `file`."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.support.jsonvalue import Json, JsonObject


def chunk(content: Json, number: int = 0) -> JsonObject:
    return {"content": content, "chunk_id": f"lisbon-{number}", "metadata": {"page": 1}}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param({"chunks": [chunk("Tram 28."), chunk("Bica.", 1)]}, "Tram 28.\n\nBica.", id="two"),
        pytest.param({"chunks": [chunk([{"type": "text", "text": "Tram 28."}])]}, "Tram 28.", id="parts"),
        pytest.param({"chunks": [chunk({"type": "text", "text": "Tram 28."})]}, "Tram 28.", id="one part"),
        pytest.param({"chunks": [chunk({"type": "image", "url": "x"})]}, "", id="an image"),
    ],
)
def test_chunks(data: JsonObject, text: str) -> None:
    for body in (data, {"__type__": "ogx_api.file_processors.models.ProcessFileResponse", "__data__": data}):
        transcript = assemble(body)
        assert (transcript.type, transcript.choices[0].text) == ("file-chunks", text)


def test_a_file_without_text_is_known_by_its_class() -> None:
    body = {"__type__": "llama_stack_api.file_processors.ProcessFileResponse", "__data__": {"chunks": []}}
    assert assemble(body).type == "file-chunks"
