"""Requests as conversations: who said what, which tools, which parameters, in every provider's form."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.conversation.request.conversation import conversation
from recctl.conversation.request.types import (
    Call,
    Conversation,
    Media,
    Message,
    Other,
    Parameter,
    Part,
    Result,
    Text,
    Tool,
)
from recctl.recordings.recording import Recording, parse, request_body
from recctl.support.jsonvalue import Json, JsonObject
from tests.conversation.test_splitting import ODD_VALUES, json_values, nested, places, put
from tests.helpers import examples, few
from tests.make_samples import samples

# Nine bytes as every picture of this kind begins.
SECRET = base64.b64encode(b"\x89PNG\r\n\x1a\n\x00").decode()


def recorded(**request: Json) -> Recording:
    document = {"request": request, "response": {"body": None}}
    return parse(Path("x.json"), json.dumps(document).encode())


def read(**body: Json) -> Conversation:
    """The conversation of an inference request with this body."""
    return conversation(recorded(url="https://api.openai.com/v1", body=body))


def messages(**body: Json) -> list[Message]:
    return list(read(**body).messages)


def message(role: str, *parts: Part) -> Message:
    return Message(role, parts)


def said(role: str, *texts: str) -> Message:
    return Message(role, tuple(map(Text, texts)))


def user(*parts: Json) -> JsonObject:
    return {"role": "user", "content": list(parts)}


# ---- who said what


OPENAI_CALL = {"id": "call_a", "type": "function", "function": {"name": "look", "arguments": '{"x":1}'}}
CALL = Call("call_a", "look", '{"x":1}')
DICT_CALL = Call("call_a", "look", '{"x": 1}')


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        pytest.param(
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
            [said("system", "Be brief."), said("user", "Hi")],
            id="strings",
        ),
        pytest.param(
            [user({"type": "text", "text": "a"}, {"type": "text", "text": "b"}, "c")],
            [said("user", "a", "b", "c")],
            id="parts",
        ),
        pytest.param(
            [{"role": "assistant", "content": None, "tool_calls": [OPENAI_CALL]}],
            [message("assistant", CALL)],
            id="call",
        ),
        pytest.param(
            [{"role": "tool", "tool_call_id": "call_a", "content": "21 C"}],
            [message("tool", Result("call_a", None), Text("21 C"))],
            id="result",
        ),
        pytest.param(
            [{"role": "assistant", "content": "", "function_call": {"name": "look", "arguments": "{}"}}],
            [message("assistant", Call(None, "look", "{}"))],
            id="legacy function_call",
        ),
        pytest.param(
            [{"role": "assistant", "content": "Yes.", "reasoning_content": "Why"}],
            [message("assistant", Text("Why", reasoning=True), Text("Yes."))],
            id="reasoning handed back",
        ),
        pytest.param(
            [{"role": "assistant", "content": None, "refusal": "No."}],
            [said("assistant", "No.")],
            id="refusal",
        ),
        pytest.param(
            [{"content": "Hi"}, {"role": None, "content": []}, {}],
            [said("?", "Hi"), message("?"), message("?")],
            id="role or content missing",
        ),
        pytest.param("Hi", [said("user", "Hi")], id="a string for messages"),
        pytest.param(
            [user({"type": "odd"}, 5)], [message("user", Other({"type": "odd"}), Other(5))], id="odd"
        ),
    ],
)
def test_openai_chat(chat: Json, expected: list[Message]) -> None:
    assert messages(messages=chat) == expected


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        pytest.param(
            [
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}],
                }
            ],
            [message("assistant", Call(None, "f", '{"x": 1}'))],
            id="call with an object",
        ),
        pytest.param(
            [{"role": "tool", "tool_name": "look", "content": "21 C"}],
            [message("tool", Result(None, "look"), Text("21 C"))],
            id="result by name",
        ),
        pytest.param(
            [{"role": "assistant", "content": "Yes.", "thinking": "Why"}],
            [message("assistant", Text("Why", reasoning=True), Text("Yes."))],
            id="thinking",
        ),
        pytest.param(
            [{"role": "user", "content": "What?", "images": [SECRET]}],
            [message("user", Text("What?"), Media("image, 9 bytes"))],
            id="image",
        ),
    ],
)
def test_ollama_chat(chat: Json, expected: list[Message]) -> None:
    assert messages(messages=chat) == expected


def test_anthropic() -> None:
    use = {"type": "tool_use", "id": "call_a", "name": "look", "input": {"x": 1}}
    result = {"type": "tool_result", "tool_use_id": "call_a", "content": [{"type": "text", "text": "21 C"}]}
    chat = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "Why"}, use]},
        {"role": "user", "content": [result, {"type": "text", "text": "And now?"}]},
    ]
    assert messages(system=[{"type": "text", "text": "Be brief."}], messages=chat) == [
        said("system", "Be brief."),
        said("user", "Weather?"),
        message("assistant", Text("Why", reasoning=True), DICT_CALL),
        message("user", Result("call_a", None), Text("21 C"), Text("And now?")),
    ]


@pytest.mark.parametrize(
    ("call", "response"),
    [("function_call", "function_response"), ("functionCall", "functionResponse")],
    ids=["snake case", "camel case"],
)
def test_gemini(call: str, response: str) -> None:
    contents = [
        {"role": "user", "parts": [{"text": "Weather?"}]},
        {
            "role": "model",
            "parts": [
                {"text": "Why", "thought": True},
                {call: {"id": "call_a", "name": "look", "args": {"x": 1}}},
            ],
        },
        {"role": "user", "parts": [{response: {"name": "look", "response": {"t": 21}}}]},
    ]
    assert messages(contents=contents, config={"system_instruction": "Be brief."}) == [
        said("system", "Be brief."),
        said("user", "Weather?"),
        message("model", Text("Why", reasoning=True), DICT_CALL),
        message("user", Result(None, "look"), Text('{"t": 21}')),
    ]


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        pytest.param("Hi", [said("user", "Hi")], id="a string"),
        pytest.param(["Hi", "there"], [said("user", "Hi"), said("user", "there")], id="strings"),
        pytest.param([{"parts": [{"text": "Hi"}]}], [said("user", "Hi")], id="no role"),
        pytest.param([{"role": "model"}], [message("model")], id="no parts"),
    ],
)
def test_gemini_contents(contents: Json, expected: list[Message]) -> None:
    assert messages(contents=contents) == expected


@pytest.mark.parametrize(
    "instruction", ["Be brief.", [{"text": "Be brief."}], {"parts": [{"text": "Be brief."}]}]
)
def test_gemini_instruction(instruction: Json) -> None:
    expected = [said("system", "Be brief."), said("user", "Hi")]
    assert messages(contents="Hi", config={"system_instruction": instruction}) == expected
    assert messages(contents="Hi", system_instruction=instruction) == expected


@pytest.mark.parametrize(
    ("given_input", "expected"),
    [
        pytest.param("Hi", [said("input", "Hi")], id="a string"),
        pytest.param(
            [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
            [said("user", "Hi")],
            id="parts",
        ),
        pytest.param(
            [
                {"role": "user", "content": "Hi"},
                {
                    "type": "function_call",
                    "call_id": "call_a",
                    "id": "fc_1",
                    "name": "look",
                    "arguments": '{"x":1}',
                },
                {"type": "function_call_output", "call_id": "call_a", "output": "21 C"},
            ],
            [
                said("user", "Hi"),
                message("function_call", CALL),
                message("function_call_output", Result("call_a", None), Text("21 C")),
            ],
            id="Responses call and output",
        ),
        pytest.param(
            [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "Why"}]}],
            [message("reasoning", Text("Why", reasoning=True))],
            id="Responses reasoning",
        ),
        pytest.param(
            [
                {"type": "function_call", "id": "call_a", "name": "look", "arguments": {"x": 1}},
                {"type": "function_result", "call_id": "call_a", "name": "look", "result": "21 C"},
            ],
            [
                message("function_call", DICT_CALL),
                message("function_result", Result("call_a", "look"), Text("21 C")),
            ],
            id="Interactions call and result",
        ),
        pytest.param([{"type": "text", "text": "Hi"}], [said("text", "Hi")], id="Interactions part"),
        pytest.param(["a", "b"], [said("input", "a", "b")], id="texts to embed"),
        pytest.param([1, 2, 3], [message("input", Media("3 tokens, as numbers"))], id="tokens to embed"),
        pytest.param([[1, 2], "a"], [message("input", Media("2 tokens, as numbers"), Text("a"))], id="both"),
    ],
)
def test_input_of_responses_interactions_and_embeddings(given_input: Json, expected: list[Message]) -> None:
    assert messages(input=given_input) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"prompt": "Hi"}, [said("prompt", "Hi")], id="prompt"),
        pytest.param({"prompt": ["a", "b"]}, [said("prompt", "a"), said("prompt", "b")], id="prompts"),
        pytest.param({"prompt": [1, 2]}, [message("prompt", Media("2 tokens, as numbers"))], id="tokens"),
        pytest.param({"prompt": "a", "suffix": "c"}, [said("prompt", "a"), said("suffix", "c")], id="suffix"),
        pytest.param(
            {"system": "Be brief.", "prompt": "Hi"},
            [said("system", "Be brief."), said("prompt", "Hi")],
            id="system",
        ),
        pytest.param(
            {"instructions": "Be brief.", "input": "Hi"},
            [said("system", "Be brief."), said("input", "Hi")],
            id="instructions",
        ),
        pytest.param(
            {"query": "q", "documents": ["a", {"text": "b"}]},
            [said("query", "q"), said("documents", "0: a", "1: b")],
            id="rerank",
        ),
    ],
)
def test_other_words_of_a_body(body: JsonObject, expected: list[Message]) -> None:
    assert messages(**body) == expected


# ---- images, sounds and files


URL = f"data:image/png;base64,{SECRET}"
SOURCE = {"type": "base64", "media_type": "image/png", "data": SECRET}


@pytest.mark.parametrize(
    ("block", "description"),
    [
        pytest.param(
            {"type": "image_url", "image_url": {"url": URL}}, "image/png, 9 bytes", id="OpenAI image"
        ),
        pytest.param({"type": "input_image", "image_url": URL}, "image/png, 9 bytes", id="Responses image"),
        pytest.param(
            {"type": "image_url", "image_url": {"url": f"DATA:image/png;base64,{SECRET}"}},
            "image/png, 9 bytes",
            id="capitals",
        ),
        pytest.param(
            {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}},
            "image https://a.b/c.png",
            id="link",
        ),
        pytest.param({"type": "image_url", "image_url": {}}, "image", id="no url"),
        pytest.param(
            {"type": "input_audio", "input_audio": {"format": "wav", "data": SECRET}},
            "wav, 9 bytes",
            id="sound",
        ),
        pytest.param(
            {
                "type": "file",
                "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{SECRET}"},
            },
            "file a.pdf",
            id="OpenAI file with a name",
        ),
        pytest.param(
            {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{SECRET}"}},
            "application/pdf, 9 bytes",
            id="OpenAI file without a name",
        ),
        pytest.param({"type": "input_file", "file_data": SECRET}, "file, 9 bytes", id="file as bare base64"),
        pytest.param({"type": "input_file", "file_id": "file-1"}, "file file-1", id="file by id"),
        pytest.param({"type": "image", "source": SOURCE}, "image/png, 9 bytes", id="Anthropic image"),
        pytest.param(
            {"type": "document", "source": {**SOURCE, "media_type": "application/pdf"}},
            "application/pdf, 9 bytes",
            id="Anthropic document",
        ),
        pytest.param(
            {"type": "image", "source": {"type": "url", "url": "https://a.b/c"}},
            "image https://a.b/c",
            id="source link",
        ),
        pytest.param(
            {"inline_data": {"mime_type": "image/png", "data": SECRET}}, "image/png, 9 bytes", id="Gemini"
        ),
        pytest.param(
            {"inlineData": {"mimeType": "image/png", "data": SECRET}},
            "image/png, 9 bytes",
            id="Gemini, camel case",
        ),
        pytest.param({"file_data": {"file_uri": "gs://a/b"}}, "file gs://a/b", id="Gemini link"),
        pytest.param({"fileData": {"fileUri": "gs://a/b"}}, "file gs://a/b", id="Gemini link, camel case"),
        pytest.param(
            {"type": "image", "mime_type": "image/png", "data": SECRET},
            "image/png, 9 bytes",
            id="Interactions",
        ),
        pytest.param({"type": "audio", "data": SECRET}, "audio, 9 bytes", id="Interactions without a type"),
    ],
)
def test_media_is_described_and_its_data_never_shown(block: JsonObject, description: str) -> None:
    expected = [message("user", Text("See:"), Media(description))]
    assert messages(messages=[user({"type": "text", "text": "See:"}, block)]) == expected
    assert SECRET not in description


def test_media_in_a_tool_result() -> None:
    result = {
        "type": "tool_result",
        "tool_use_id": "call_a",
        "content": [{"type": "image", "source": SOURCE}],
    }
    expected = [message("user", Result("call_a", None), Media("image/png, 9 bytes"))]
    assert messages(messages=[user(result)]) == expected


def test_images_of_ollama_generate_are_no_parameter() -> None:
    read_request = read(model="m", prompt="What?", images=[SECRET, SECRET])
    assert SECRET not in str(read_request)
    assert [part for said in read_request.messages for part in said.parts if isinstance(part, Media)] == [
        Media("image, 9 bytes")
    ] * 2


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (1, "1 bytes"), (2, "2 bytes"), (3, "3 bytes"), (4_000, "4,000 bytes")],
)
def test_the_size_of_media_is_that_of_its_bytes(size: int, shown: str) -> None:
    data = base64.b64encode(b"x" * size).decode()
    block = {"type": "image", "mime_type": "image/png", "data": data}
    assert messages(messages=[user(block)]) == [message("user", Media(f"image/png, {shown}"))]


# ---- tools


SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where"},
        "days": {"type": "array", "items": {"type": "integer"}},
        "unit": {"enum": ["c", "f"]},
    },
    "required": ["city"],
}
GOOGLE_SCHEMA = {
    **SCHEMA,
    "type": "OBJECT",
    "properties": {
        "city": {"type": "STRING", "description": "Where"},
        "days": {"type": "ARRAY", "items": {"type": "INTEGER"}},
        "unit": {"type": "STRING", "enum": ["c", "f"]},
    },
}
PARAMETERS = (
    Parameter("city", "string", True, "Where"),
    Parameter("days", "array of integer", False, None),
    Parameter("unit", '"c" or "f"', False, None),
)
LOOK = Tool("look", "Looks.", PARAMETERS)
BARE = {"name": "look", "description": "Looks."}


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        pytest.param({"type": "function", "function": {**BARE, "parameters": SCHEMA}}, [LOOK], id="OpenAI"),
        pytest.param(
            {"type": "function", **BARE, "parameters": SCHEMA, "strict": True}, [LOOK], id="Responses"
        ),
        pytest.param({**BARE, "input_schema": SCHEMA}, [LOOK], id="Anthropic"),
        pytest.param({**BARE, "inputSchema": SCHEMA}, [LOOK], id="MCP"),
        pytest.param(
            {"function_declarations": [{**BARE, "parameters": SCHEMA}] * 2}, [LOOK, LOOK], id="Gemini"
        ),
        pytest.param(
            {"functionDeclarations": [{**BARE, "parameters": SCHEMA}]}, [LOOK], id="Gemini, camel case"
        ),
        pytest.param(
            {"function_declarations": [{**BARE, "parameters": None, "parameters_json_schema": SCHEMA}]},
            [LOOK],
            id="Gemini's SDK, JSON schema",
        ),
        pytest.param(
            {"functionDeclarations": [{**BARE, "parametersJsonSchema": SCHEMA}]},
            [LOOK],
            id="Gemini, camel case, JSON schema",
        ),
        pytest.param(
            {"functionDeclarations": [{**BARE, "parameters": GOOGLE_SCHEMA}]}, [LOOK], id="types in capitals"
        ),
        pytest.param({"toolSpec": {**BARE, "inputSchema": {"json": SCHEMA}}}, [LOOK], id="Bedrock"),
        pytest.param(
            {"function_declarations": [BARE], "google_search": {}, "code_execution": None},
            [Tool("look", "Looks."), Tool("google_search", kind="google_search")],
            id="functions and built-in tools in one item",
        ),
        pytest.param(
            {"function_declarations": None, "google_search": {}},
            [Tool("google_search", kind="google_search")],
            id="no functions",
        ),
        pytest.param(
            {"type": "web_search"}, [Tool("web_search", kind="web_search")], id="built into Responses"
        ),
        pytest.param(
            {"google_search": {}}, [Tool("google_search", kind="google_search")], id="built into Gemini"
        ),
        pytest.param(
            {"google_search": {}, "code_execution": {}},
            [Tool("google_search", kind="google_search"), Tool("code_execution", kind="code_execution")],
            id="two built into Gemini",
        ),
        pytest.param({"type": "function", "function": {"name": "look"}}, [Tool("look")], id="name alone"),
        pytest.param({"type": "function", "function": {"name": None}}, [Tool("?")], id="name null"),
        pytest.param({**BARE, "parameters": None}, [Tool("look", "Looks.")], id="no schema"),
        pytest.param({}, [], id="empty"),
        pytest.param(None, [], id="null"),
    ],
)
def test_tools(tool: Json, expected: list[Tool]) -> None:
    assert list(read(messages=[], tools=[tool]).tools) == expected
    assert list(read(contents="Hi", config={"tools": [tool]}).tools) == expected


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}, id="Anthropic search"
        ),
        pytest.param({"type": "bash_20250124", "name": "bash"}, id="Anthropic shell"),
    ],
)
def test_a_named_built_in_tool_is_told_from_the_callers_own(tool: JsonObject) -> None:
    (found,) = read(messages=[], tools=[tool]).tools
    assert (found.name, found.kind) == (tool["name"], tool["type"])


@pytest.mark.parametrize("kind", ["function", "custom"])
def test_a_tool_of_the_caller_is_not_built_in(kind: str) -> None:
    (found,) = read(messages=[], tools=[{"type": kind, **BARE}]).tools
    assert (found.name, found.kind) == ("look", None)


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        pytest.param({"type": ["string", "null"]}, "string or null", id="several"),
        pytest.param({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null", id="anyOf"),
        pytest.param({"any_of": [{"type": "STRING"}, {"type": "NULL"}]}, "string or null", id="any_of"),
        pytest.param({"oneOf": [{"type": "string"}, {"enum": [1]}]}, "string or 1", id="oneOf"),
        pytest.param({"anyOf": [{}, {}]}, None, id="anyOf nothing"),
        pytest.param({"type": "array"}, "array", id="array of anything"),
        pytest.param(
            {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
            "array of array of string",
            id="array of arrays",
        ),
        pytest.param({"enum": [1, None, "é"]}, '1 or null or "é"', id="enum"),
        pytest.param({}, None, id="nothing"),
        pytest.param(True, None, id="true"),
        pytest.param({"type": 5}, None, id="a number"),
    ],
)
def test_types_of_parameters(schema: Json, shown: str | None) -> None:
    (tool,) = read(tools=[{"name": "look", "input_schema": {"properties": {"x": schema}}}]).tools
    assert tool.parameters == (Parameter("x", shown, False, None),)


# ---- parameters, and the other kinds of requests


def test_what_is_neither_message_nor_tool_is_a_parameter() -> None:
    found = read(model="m", messages=[], tools=[], temperature=0.0, stream=False, stop=None, max_tokens=5)
    assert found.parameters == {"temperature": 0.0, "stream": False, "max_tokens": 5}


def test_the_settings_in_geminis_config_are_parameters() -> None:
    config = {"temperature": 0.2, "tools": [{"google_search": {}}], "system_instruction": "Be brief."}
    assert read(contents="Hi", config=config, seed=1).parameters == {"temperature": 0.2, "seed": 1}


def test_a_tool_call_has_parameters_alone() -> None:
    found = conversation(
        recorded(tool_name="search", provider="tavily", kwargs={"query": "q", "messages": []})
    )
    assert found == Conversation(parameters={"query": "q", "messages": []})


def test_a_file_has_its_id_alone() -> None:
    assert conversation(recorded(file_id="f", api="files")) == Conversation(parameters={"file_id": "f"})


@pytest.mark.parametrize(
    ("request_keys", "expected"),
    [
        pytest.param({"url": "u", "body": {"a": 1}}, {"a": 1}, id="body"),
        pytest.param({"url": "u", "payload": {"a": 1}}, {"a": 1}, id="payload"),
        pytest.param({"tool_name": "t", "kwargs": {"a": 1}}, {"a": 1}, id="kwargs"),
        pytest.param({"url": "u", "body": None}, None, id="body null"),
        pytest.param({"url": "u", "payload": "words"}, "words", id="no object"),
        pytest.param({"file_id": "f", "api": "files"}, {"file_id": "f", "api": "files"}, id="else all of it"),
    ],
)
def test_the_part_that_the_caller_composed(request_keys: JsonObject, expected: Json) -> None:
    assert request_body(recorded(**request_keys)) == expected


def test_the_payload_of_an_http_call_is_read_like_a_body() -> None:
    found = conversation(recorded(url="https://api.anthropic.com/v1/messages", payload={"messages": "Hi"}))
    assert found.messages == (said("user", "Hi"),)


# ---- anything anywhere


BLOCKS: dict[str, JsonObject] = {
    "OpenAI image": {"type": "image_url", "image_url": {"url": URL}},
    "Anthropic image": {"type": "image", "source": SOURCE},
    "Gemini image": {"inline_data": {"mime_type": "image/png", "data": SECRET}},
    "Gemini file": {"file_data": {"file_uri": "gs://a/b"}},
    "sound": {"type": "input_audio", "input_audio": {"format": "wav", "data": SECRET}},
    "file": {"type": "file", "file": {"file_data": URL, "filename": "a.pdf"}},
    "Gemini call": {"function_call": {"id": "call_a", "name": "look", "args": {"x": 1}}},
    "Gemini result": {"functionResponse": {"id": "call_a", "name": "look", "response": {"t": 21}}},
    "Anthropic call": {"type": "tool_use", "id": "call_a", "name": "look", "input": {"x": 1}},
    "thought": {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Why"}]},
}


def request_with(block: JsonObject) -> JsonObject:
    """A request that holds a block wherever one may stand, and tools in every form."""
    body = {
        "system": [block],
        "messages": [
            {
                "role": "user",
                "content": [block, {"type": "tool_result", "content": [block]}],
                "images": ["x"],
            },
            {
                "role": "assistant",
                "content": block,
                "tool_calls": [OPENAI_CALL],
                "function_call": {"name": "f"},
            },
        ],
        "contents": [{"role": "user", "parts": [block]}],
        "prompt": [block, [1, 2]],
        "input": [{"type": "function_call_output", "output": [block]}, block],
        "documents": [block],
        "tools": [{**BARE, "input_schema": SCHEMA}, {"function_declarations": [BARE]}],
        "config": {"tools": [{"type": "function", "function": BARE}], "system_instruction": [block]},
    }
    return {"url": "u", "body": body}


MADE = {name: request_with(block) for name, block in BLOCKS.items()}
REQUESTS = [*MADE.values(), *(json.loads(content)["request"] for content in samples().values())]


def is_sound(found: Conversation) -> bool:
    """Every field has the type it is declared with."""
    texts = [part.text for said in found.messages for part in said.parts if isinstance(part, Text)]
    media = [part.description for said in found.messages for part in said.parts if isinstance(part, Media)]
    names = [tool.name for tool in found.tools] + [said.role for said in found.messages]
    return all(isinstance(text, str) for text in texts + media + names) and isinstance(found.parameters, dict)


@pytest.mark.parametrize("name", few(MADE, kept=("OpenAI image", "Gemini call")))
def test_odd_values_at_every_place_never_raise(name: str) -> None:
    made = MADE[name]
    changed = [put(made, place, odd) for place in places(made) if place for odd in ODD_VALUES]
    assert [request for request in changed if not is_sound(conversation(recorded(**request)))] == []


@given(data=st.data(), new=json_values)
@examples(200)
def test_anything_anywhere_never_raises(data: st.DataObject, new: Json) -> None:
    request = data.draw(st.sampled_from(REQUESTS))
    place = data.draw(st.sampled_from([place for place in places(request) if place]))
    assert is_sound(conversation(recorded(**put(request, place, new))))


BODY_KEYS = [
    "messages",
    "contents",
    "input",
    "prompt",
    "system",
    "suffix",
    "query",
    "documents",
    "tools",
    "config",
]


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(BODY_KEYS) | st.text(max_size=2), json_values))
@examples(100)
def test_any_body_never_raises(body: JsonObject) -> None:
    assert is_sound(conversation(recorded(url="u", body=body)))


@pytest.mark.parametrize(
    "key", ["messages", "contents", "input", "prompt", "query", "documents", "system", "tools"]
)
@pytest.mark.parametrize("inner", ["text", "content", "parts", "items"])
def test_what_is_read_is_never_nested_too_deeply(key: str, inner: str) -> None:
    deep = nested(150, {"text": "Hi"})
    assert is_sound(read(**{key: [{"role": "user", "type": "array", inner: deep}]}))


@pytest.mark.parametrize("depth", [30, 60])
def test_a_deep_schema_of_a_tool(depth: int) -> None:
    schema: Json = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    (tool,) = read(tools=[{"name": "look", "parameters": {"properties": {"x": schema}}}]).tools
    assert (tool.parameters[0].type or "").startswith("array of array of")


# ---- Bedrock Converse


def test_a_request_to_converse() -> None:
    picture = {"format": "png", "source": {"bytes": "iVBORw0K"}}
    said: list[Json] = [
        {"role": "user", "content": [{"text": "Look."}, {"image": picture}]},
        {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "x"}}},
                {"toolUse": {"toolUseId": "t1", "name": "look", "input": {"x": 1}}},
            ],
        },
        {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"text": "Rain."}]}}]},
    ]
    config = {"tools": [{"toolSpec": {**BARE, "inputSchema": {"json": SCHEMA}}}], "toolChoice": {"auto": {}}}
    found = read(
        system=[{"text": "Be brief."}], messages=said, toolConfig=config, inferenceConfig={"topP": 1}
    )
    assert found == Conversation(
        (
            Message("system", (Text("Be brief."),)),
            Message("user", (Text("Look."), Media("png image, 6 bytes"))),
            Message("assistant", (Text("Hm.", reasoning=True), Call("t1", "look", '{"x": 1}'))),
            Message("user", (Result("t1", None), Text("Rain."))),
        ),
        (LOOK,),
        {"inferenceConfig": {"topP": 1}, "toolConfig": {"toolChoice": {"auto": {}}}},
    )


@pytest.mark.parametrize("config", [{"functionCallingConfig": {"mode": "ANY"}}, {}, 5, None])
def test_a_tool_config_without_tools_stays_a_parameter(config: Json) -> None:
    assert read(contents="Hi", toolConfig=config).parameters == (
        {} if config is None else {"toolConfig": config}
    )


def test_an_instruction_in_camel_case_inside_the_config() -> None:
    found = read(contents="Hi", config={"systemInstruction": {"parts": [{"text": "Be brief."}]}})
    assert (found.messages[0], found.parameters) == (Message("system", (Text("Be brief."),)), {})


def test_steps_of_an_earlier_interaction() -> None:
    steps = [
        {"type": "user_input", "content": [{"type": "text", "text": "Hi"}]},
        {"type": "thought", "signature": "x", "summary": [{"type": "text", "text": "Why"}]},
        {"type": "model_output", "content": [{"type": "text", "text": "Yes?"}]},
        {"type": "function_call", "id": "c1", "name": "look", "arguments": {"x": 1}},
        {"type": "function_result", "call_id": "c1", "name": "look", "result": "Rain."},
    ]
    assert read(input=steps).messages == (
        Message("user_input", (Text("Hi"),)),
        Message("thought", (Text("Why", reasoning=True),)),
        Message("model_output", (Text("Yes?"),)),
        Message("function_call", (Call("c1", "look", '{"x": 1}'),)),
        Message("function_result", (Result("c1", "look"), Text("Rain."))),
    )
