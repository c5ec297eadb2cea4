"""RC301: requests that repeat what no recording of their test gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.samples import PLACE, Project, call, findings, found, lay_out, project, said, second_turn
from tests.helpers import chat
from tests.samples import openai_parts
from tests.samples.builder import Data, Recording, http, inference, moved, whole
from tests.samples.streams import ANTHROPIC, STREAMS, TEST, chat_chunks

CALL = "call_9mQx4Lw2"
RESPONSES = "https://api.openai.com/v1/v1/responses"
user = openai_parts.user


def asks(*messages: Data, test_id: str | None = TEST) -> Recording:
    """A chat request with these messages."""
    return chat("Fine.", test_id=test_id, messages=list(messages))


def assistant(text: object) -> Data:
    """An answer as a later request repeats it."""
    return {"role": "assistant", "content": text}


def responses(items: list[Data], output: list[Data]) -> Recording:
    """A call of the Responses API."""
    body = {"id": "", "object": "response", "output": output, "status": "completed"}
    return inference(TEST, RESPONSES, {"model": "gpt-4o", "input": items}, whole(body))


def messages(turns: list[Data], content: list[Data], test_id: str = TEST) -> Recording:
    """A call of Anthropic's API."""
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": content,
        "stop_reason": "end_turn",
    }
    return http(test_id, ANTHROPIC, {"model": "claude", "messages": turns}, whole(body))


def text(words: str) -> Data:
    """A block of text."""
    return {"type": "text", "text": words}


FUNCTION_CALL = {"type": "function_call", "id": "fc_1", "call_id": CALL, "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": CALL, "output": "Rain."}
TOOL_USE = {"type": "tool_use", "id": "toolu_01A", "name": "f", "input": {}}
TOOL_RESULT = {"type": "tool_result", "tool_use_id": "toolu_01A", "content": "Rain."}
GEMINI_URL = "vertexai:///generate_content"


def gemini(*contents: Data) -> Recording:
    """A call of Gemini with these turns."""
    answer = {"candidates": [{"content": {"parts": [{"text": "Fine."}], "role": "model"}}]}
    return inference(TEST, GEMINI_URL, {"model": "gemini", "contents": list(contents)}, whole(answer))


# A later request, and the recording of the test that makes it possible.
CHAINS: dict[str, tuple[Recording, Recording]] = {
    "a call": (second_turn(CALL), said(openai_parts.assistant(None, tool_calls=[call(CALL)]))),
    "a call of a stream": (
        second_turn(CALL),
        chat_chunks(
            [openai_parts.delta(tool_calls=[openai_parts.call_delta("{}", call_id=CALL, name="f")])],
            [openai_parts.delta(finish="tool_calls")],
        ),
    ),
    "an answer": (
        asks(user("Hi."), assistant("How are you?"), user("Well.")),
        chat("How are you?", test_id=TEST),
    ),
    "an answer of a stream": (
        asks(user("Hi."), assistant("Hello."), user("Well.")),
        STREAMS["OpenAI chat"](["Hel", "lo."], "stop"),
    ),
    "an answer in parts": (
        asks(user("Hi."), assistant([text("How are you?")]), user("Well.")),
        chat("How are you?", test_id=TEST),
    ),
    "an answer with other blanks": (
        asks(user("Hi."), assistant("How  are\nyou?"), user("Well.")),
        chat(" How are you?\n", test_id=TEST),
    ),
    "a part of an answer": (
        asks(user("Hi."), assistant("How are you?"), user("Well.")),
        chat("<think>Hm.</think> How are you?", test_id=TEST),
    ),
    "an answer with something around it": (
        asks(user("Hi."), assistant("[assistant] How are you?"), user("Well.")),
        chat("How are you?", test_id=TEST),
    ),
    "a refusal": (
        asks(user("Hi."), {"role": "assistant", "content": None, "refusal": "I will not."}, user("Well.")),
        said(openai_parts.assistant(None, refusal="I will not.")),
    ),
    "a call of Responses": (
        responses([user("Hi."), FUNCTION_CALL, OUTPUT], []),
        responses([], [FUNCTION_CALL]),
    ),
    "only the result of a call of Responses": (
        responses([user("Hi."), OUTPUT], []),
        responses([], [FUNCTION_CALL]),
    ),
    "a message of Responses": (
        responses(
            [
                user("Hi."),
                {"role": "assistant", "content": [{"type": "output_text", "text": "Hello."}]},
                user("Well."),
            ],
            [],
        ),
        STREAMS["OpenAI Responses"](["Hel", "lo."], "stop"),
    ),
    "a call of Anthropic": (
        messages([user("Hi."), assistant([TOOL_USE]), user([TOOL_RESULT])], [text("Fine.")]),
        messages([user("Hi.")], [TOOL_USE]),
    ),
    "an answer of Anthropic": (
        messages([user("Hi."), assistant([text("Hello.")]), user("Well.")], [text("Fine.")]),
        STREAMS["Anthropic"](["Hel", "lo."], "end_turn"),
    ),
    "an answer of Anthropic in two blocks": (
        messages(
            [user("Hi."), assistant([text("It is green"), text(", as told.")]), user("Well.")],
            [text("Fine.")],
        ),
        messages([user("Hi.")], [text("It is green"), text(", as told.")]),
    ),
    "an answer of Gemini": (
        gemini(
            {"role": "user", "parts": [{"text": "Hi."}]},
            {"role": "model", "parts": [{"text": "Hello."}]},
            {"role": "user", "parts": [{"text": "Well."}]},
        ),
        STREAMS["Gemini"](["Hel", "lo."], "STOP"),
    ),
    "an answer of Gemini in the parts that came": (
        gemini(
            {"role": "user", "parts": [{"text": "Hi."}]},
            {"role": "model", "parts": [{"text": "Hel"}, {"text": "lo."}]},
            {"role": "user", "parts": [{"text": "Well."}]},
        ),
        STREAMS["Gemini"](["Hel", "lo."], "STOP"),
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_that_holds(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, project(*CHAINS[name]), "RC301") == []


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_that_is_broken(name: str, tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(CHAINS[name][0]), "RC301")
    assert message.startswith("probably dead: its request contains ")


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_to_another_test_is_broken(name: str, tmp_path: Path) -> None:
    later, first = CHAINS[name]
    document = {**first.document, "test_id": f"{TEST}[other]"}
    files = project(later, Recording(f"{PLACE}/{'a' * 64}.json", document))
    assert len(found(tmp_path, files, "RC301")) == 1


@pytest.mark.parametrize("name", CHAINS)
def test_a_file_in_the_same_directory_counts_though_it_was_not_given(name: str, tmp_path: Path) -> None:
    later, first = CHAINS[name]
    lay_out(tmp_path, project(later, first))
    together = [one for one in findings(tmp_path, "tests", "--select", "RC301") if one["path"] == later.path]
    assert findings(tmp_path, later.path, "--select", "RC301") == together


def test_the_message_names_the_call(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(second_turn(CALL)), "RC301")
    assert message == f"probably dead: its request contains {CALL}, which no recording of its test made"


def test_the_message_shows_the_beginning_of_the_answer(tmp_path: Path) -> None:
    words = "It was the best of times, it was the worst of times."
    (message,) = found(tmp_path, project(asks(user("Hi."), assistant(words), user("Well."))), "RC301")
    assert f'the answer "{words[:40]}…", which' in message


SILENT: dict[str, Project] = {
    "its words are in the test": project(
        asks(user("Hi."), assistant("How are you?"), user("Well.")),
        source='TURNS = ["Hi.", "How  are\\nyou?"]\ndef test_one(): pass\n',
    ),
    "its call is in the test": project(second_turn(CALL), source=f"CALL = '{CALL}'\ndef test_one(): pass\n"),
    "it names no test": project(asks(user("Hi."), assistant("How are you?"), user("Well."), test_id=None)),
    "what stands last begins the answer": project(asks(user("Hi."), assistant("Well, "))),
    "system and user alone": project(asks({"role": "system", "content": "Be brief."}, user("Hi."))),
    "an empty answer": project(asks(user("Hi."), assistant(""), user("Well."))),
    "a thought": project(
        messages(
            [user("Hi."), assistant([{"type": "thinking", "thinking": "Hm."}]), user("Well.")],
            [text("Fine.")],
        )
    ),
    "a text completion": project(STREAMS["OpenAI completion"](["Hi."], "stop")),
}


@pytest.mark.parametrize("name", SILENT)
def test_what_is_not_reported(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, SILENT[name], "RC301") == []


def test_its_own_answer_does_not_count(tmp_path: Path) -> None:
    later = chat(
        "How are you?", test_id=TEST, messages=[user("Hi."), assistant("How are you?"), user("Well.")]
    )
    assert len(found(tmp_path, project(later), "RC301")) == 1


def test_the_words_must_be_in_the_test_as_a_text(tmp_path: Path) -> None:
    source = "# How are you?\ndef test_one(): pass\n"
    files = project(asks(user("Hi."), assistant("How are you?"), user("Well.")), source=source)
    assert len(found(tmp_path, files, "RC301")) == 1


def test_one_broken_link_of_two(tmp_path: Path) -> None:
    later = asks(user("Hi."), assistant("Hello."), user("Well."), assistant("Really?"), user("Yes."))
    (message,) = found(tmp_path, project(later, chat("Hello.", test_id=TEST)), "RC301")
    assert '"Really?"' in message


def test_an_unreadable_recording_of_the_test_makes_nothing(tmp_path: Path) -> None:
    beside = {f"{PLACE}/{'a' * 64}.json": f'{{\n  "test_id": "{TEST}",\n  "request": {{'.encode()}
    lay_out(tmp_path, {**project(second_turn(CALL)), **beside})
    later = second_turn(CALL).path
    assert [one["code"] for one in findings(tmp_path, later, "--select", "RC301")] == ["RC301"]


def test_recordings_of_a_test_are_found_in_other_directories_that_were_given(tmp_path: Path) -> None:
    later, first = CHAINS["a call"]
    files = project(later, moved(first, "tests/common/recordings"))
    assert found(tmp_path, files, "RC301") == []


def test_a_stream_that_failed_gave_what_came_before(tmp_path: Path) -> None:
    first = STREAMS["OpenAI chat"](["Hel", "lo."], None)
    first.document["response"] |= {"is_exception": True, "exception_data": {"message": "x"}}
    files = project(asks(user("Hi."), assistant("Hello."), user("Well.")), first)
    assert found(tmp_path, files, "RC301") == []


def test_a_recording_of_the_test_may_be_given_under_any_name(tmp_path: Path) -> None:
    later, first = CHAINS["a call"]
    lay_out(tmp_path, {**project(later), "kept/first.txt": first.to_bytes()})
    assert findings(tmp_path, later.path, "kept/first.txt", "--select", "RC301") == []
    assert len(findings(tmp_path, later.path, "--select", "RC301")) == 1
