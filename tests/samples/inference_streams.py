"""Suite `inference`, first part: streamed chat answers and what servers do to their chunks."""

from __future__ import annotations

from tests.samples.builder import Data, Recording, inference, streamed
from tests.samples.openai_parts import (
    OLLAMA_SERVER,
    OLLAMA_URL,
    OPENAI_SERVER,
    OPENAI_URL,
    PLAIN_SERVER,
    WITH_USAGE,
    chat_chunk,
    delta,
    first_delta,
    openai_chunks,
    usage,
    user,
)

_TESTS = "tests/integration/inference/test_travel_chat.py"
_BEDROCK_URL = "https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/v1/chat/completions"
_WATSONX_URL = "https://eu-de.ml.cloud.ibm.com/ml/v1/v1/chat/completions"
_FIREWORKS_URL = "https://api.fireworks.ai/inference/v1/v1/chat/completions"
_AZURE_URL = "https://travel-desk.openai.azure.com/openai/v1/v1/chat/completions"
_VLLM_URL = "http://localhost:8000/v1/v1/chat/completions"


def recordings() -> list[Recording]:
    """Every streamed chat of the suite."""
    return [
        _plain_text(),
        _other_scripts(),
        _two_choices(),
        _reasoning_content(),
        _reasoning(),
        _usage_in_every_chunk(),
        _empty_object(),
        _legacy_function_call(),
        _logprobs(),
        _bedrock(),
        _watsonx(),
        _test_that_is_gone(),
    ]


def _plain_text() -> Recording:
    body = {"model": "gpt-4o-mini", "messages": [user("Which month is best for Lisbon?")], **WITH_USAGE}
    details = {
        "answer_details": {
            "accepted_prediction_tokens": 0,
            "audio_tokens": 0,
            "reasoning_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
        "prompt_details": {"audio_tokens": 0, "cached_tokens": 0},
    }
    choices = [first_delta(), delta("Go in"), delta(" late May: warm, dry"), delta(" and not yet crowded.")]
    choices.append(delta(None, finish="stop"))
    chunks = openai_chunks("gpt-4o-mini-2024-07-18", choices, usage(15, 12, **details))
    return inference(
        f"{_TESTS}::test_best_month[txt=openai/gpt-4o-mini]",
        OPENAI_URL,
        body,
        streamed(*chunks),
        provider={"openai_sdk_version": "2.5.0"},
    )


def _other_scripts() -> Recording:
    # Escaped here as in the file: Japanese and Chinese, a combining accent, a flag of two code points.
    prompt = "Write the names of Kyoto and Beijing locally, then 'cafe' with an accent, then a flag."
    text = ("\u4eac\u90fd", " and \u5317\u4eac, cafe\u0301 ", "\U0001f1ef\U0001f1f5 \U0001f9f3")
    choices = [first_delta(), *(delta(piece) for piece in text), delta(None, finish="stop")]
    body = {"model": "gpt-4o-mini", "messages": [user(prompt)], "stream": True}
    test_id = f"{_TESTS}::test_local_names[txt=openai/gpt-4o-mini]"
    return inference(test_id, OPENAI_URL, body, streamed(*openai_chunks("gpt-4o-mini-2024-07-18", choices)))


def _two_choices() -> Recording:
    model = "llama3.2:3b"
    body = {"model": model, "messages": [user("Name one sight of Porto.")], "n": 2, "stream": True}
    choices = [
        first_delta("The", index=0),
        first_delta("Livraria", index=1),
        delta(" Ribeira", index=0),
        delta(" Lello", index=1),
        delta("", index=1, finish="stop"),
        delta(" quarter.", index=0),
        delta("", index=0, finish="stop"),
    ]
    chunks = [chat_chunk(model, OLLAMA_SERVER, choice) for choice in choices]
    return inference(
        f"{_TESTS}::TestSeveralAnswers::test_two_sights[client-txt=ollama/llama3.2:3b]",
        OLLAMA_URL,
        body,
        streamed(*chunks),
    )


def _reasoning_content() -> Recording:
    model = "Qwen/Qwen3-0.6B"
    body = {"model": model, "messages": [user("Is 9 C cold for a picnic?")], **WITH_USAGE}
    choices = [
        first_delta(),
        delta(reasoning_content="Nine degrees is"),
        delta(reasoning_content=" chilly when sitting still."),
        delta("Yes, bring"),
        delta(" a blanket."),
        delta("", finish="stop"),
    ]
    chunks = [chat_chunk(model, PLAIN_SERVER, choice) for choice in choices]
    chunks.append(chat_chunk(model, PLAIN_SERVER, counts=usage(18, 16)))
    test_id = f"{_TESTS}::test_picnic_reasoning[txt=vllm/Qwen/Qwen3-0.6B]"
    return inference(test_id, _VLLM_URL, body, streamed(*chunks))


def _reasoning() -> Recording:
    model = "gpt-oss:20b"
    body = {"model": model, "messages": [user("Is 9 C cold for a picnic?")], **WITH_USAGE}
    # Ollama repeats the role in each delta.
    choices = [
        first_delta(reasoning="A picnic means sitting."),
        first_delta(reasoning=" So 9 C feels cold."),
        first_delta("Rather cold. Choose a"),
        first_delta(" sunny wall."),
        first_delta("", finish="stop"),
    ]
    chunks = [chat_chunk(model, OLLAMA_SERVER, choice) for choice in choices]
    chunks.append(chat_chunk(model, OLLAMA_SERVER, counts=usage(79, 24)))
    test_id = f"{_TESTS}::test_picnic_reasoning[txt=ollama/gpt-oss:20b]"
    return inference(test_id, OLLAMA_URL, body, streamed(*chunks))


def _usage_in_every_chunk() -> Recording:
    model = "accounts/fireworks/models/llama-v3p1-8b-instruct"
    body = {"model": model, "messages": [user("Night train or plane to Vienna?")], **WITH_USAGE}
    pieces = [
        first_delta(""),
        delta("Night train:"),
        delta(" you wake up"),
        delta(" in the centre."),
        delta(finish="stop"),
    ]
    chunks = [
        chat_chunk(model, PLAIN_SERVER, piece, counts=usage(21, 3 * number))
        for number, piece in enumerate(pieces)
    ]
    test_id = f"{_TESTS}::test_train_or_plane[txt=fireworks/{model}]"
    return inference(test_id, _FIREWORKS_URL, body, streamed(*chunks))


def _empty_object() -> Recording:
    model = "gpt-4o-mini"
    body = {"model": model, "messages": [user("One word: tram or bus in Zagreb?")], "stream": True}
    # Azure opens with a chunk about its content filter, which has no model, object or choices.
    filters = [
        {"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}
    ]
    opening = chat_chunk("", PLAIN_SERVER, object="", prompt_filter_results=filters)
    choices = [first_delta(), delta("Tram"), delta(".", finish="stop")]
    server: Data = {"service_tier": None, "system_fingerprint": "fp_b0a71e5"}
    chunks = [chat_chunk(f"{model}-2024-07-18", server, choice) for choice in choices]
    chunks[-1]["__data__"]["object"] = ""
    test_id = f"{_TESTS}::test_one_word[txt=azure/gpt-4o-mini]"
    return inference(test_id, _AZURE_URL, body, streamed(opening, *chunks))


def _legacy_function_call() -> Recording:
    function = {
        "name": "get_tide",
        "description": "Tide times of a harbour.",
        "parameters": {"type": "object", "properties": {"harbour": {"type": "string"}}},
    }
    body: Data = {"model": "gpt-4o-mini", "messages": [user("When is high tide in Brest?")]}
    body |= {"functions": [function], "function_call": "auto", "stream": True}
    choices = [
        first_delta(None, function_call={"arguments": "", "name": "get_tide"}),
        delta(function_call={"arguments": '{"harbour":', "name": None}),
        delta(function_call={"arguments": ' "Brest"}', "name": None}),
        delta(finish="function_call"),
    ]
    chunks = openai_chunks("gpt-4o-mini-2024-07-18", choices)
    test_id = f"{_TESTS}::test_legacy_function[txt=openai/gpt-4o-mini]"
    return inference(test_id, OPENAI_URL, body, streamed(*chunks))


def _logprobs() -> Recording:
    body: Data = {"model": "gpt-4o", "messages": [user("Yes or no: does it snow in Oslo in July?")]}
    body |= {"logprobs": True, "stream": True, "temperature": 0.0}
    choices = [
        first_delta(logprobs={"content": [], "refusal": None}),
        delta("No", logprobs=_certainty("No", -0.000012034581)),
        delta(".", logprobs=_certainty(".", -5.512236498361744e-07)),
        delta(None, finish="stop"),
    ]
    chunks = [chat_chunk("gpt-4o-2024-08-06", OPENAI_SERVER, choice) for choice in choices]
    test_id = f"{_TESTS}::test_certainty[client-txt=openai/gpt-4o]"
    return inference(test_id, OPENAI_URL, body, streamed(*chunks))


def _certainty(token: str, logprob: float) -> Data:
    entry = {"token": token, "bytes": list(token.encode()), "logprob": logprob, "top_logprobs": []}
    return {"content": [entry], "refusal": None}


def _bedrock() -> Recording:
    # The host makes the hash drop stream_options.
    model = "openai.gpt-oss-20b-1:0"
    body = {"model": model, "messages": [user("Is the tap water in Riga safe?")], **WITH_USAGE}
    server: Data = {"service_tier": "default", "system_fingerprint": None}
    choices = [first_delta(), delta("<reasoning>EU rules apply.</reasoning>"), delta("Yes, it is safe.")]
    choices.append(delta("", finish="stop"))
    chunks = [
        chat_chunk(model, server, {**choice, "obfuscation": "kQ3v" * (number + 1)})
        for number, choice in enumerate(choices)
    ]
    chunks.append(chat_chunk(model, server, counts=usage(74, 19)))
    test_id = f"{_TESTS}::test_tap_water[txt=bedrock/openai.gpt-oss-20b-1:0]"
    provider = {"openai_sdk_version": "2.30.0"}
    return inference(test_id, _BEDROCK_URL, body, streamed(*chunks), provider=provider)


def _watsonx() -> Recording:
    # The project id differs from one account to the next, so the hash drops it.
    model = "meta-llama/llama-3-3-70b-instruct"
    body = {"model": model, "messages": [user("Is the tap water in Riga safe?")], **WITH_USAGE}
    body["extra_body"] = {"project_id": "0d3f6a52-7c1e-4b8a-9f20-5e64c7a1b390"}
    extra: Data = {"model_id": model, "model_version": "3.3.0", "created_at": "2026-03-20T09:15:02.117Z"}
    choices = [
        first_delta(),
        delta("Yes. Riga's"),
        delta(" water is tested daily."),
        delta("", finish="stop"),
    ]
    chunks = [chat_chunk(model, PLAIN_SERVER, choice, **extra) for choice in choices]
    chunks.append(chat_chunk(model, PLAIN_SERVER, counts=usage(44, 11), **extra))
    test_id = f"{_TESTS}::test_tap_water[txt=watsonx/{model}]"
    provider = {"openai_sdk_version": "2.5.0"}
    return inference(test_id, _WATSONX_URL, body, streamed(*chunks), provider=provider)


def _test_that_is_gone() -> Recording:
    # test_travel_chat.py has no such function any more: this recording is dead.
    model = "llama3.2:3b"
    body = {"model": model, "messages": [user("How long is the ferry from Split to Hvar?")], "stream": True}
    choices = [first_delta("About"), first_delta(" one hour."), first_delta("", finish="stop")]
    chunks = [chat_chunk(model, OLLAMA_SERVER, choice) for choice in choices]
    test_id = f"{_TESTS}::test_ferry_times[txt=ollama/llama3.2:3b]"
    return inference(test_id, OLLAMA_URL, body, streamed(*chunks))
