"""Which service answered, told from urls, class names and metadata."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.recordings.provider import provider_of, url_path
from recctl.support.jsonvalue import Json
from tests.conversation.test_splitting import json_values
from tests.helpers import examples


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.openai.com/v1/v1/chat/completions", "openai"),
        ("https://api.anthropic.com/v1/messages", "anthropic"),
        ("https://api.fireworks.ai/inference/v1/v1/completions", "fireworks"),
        ("https://api.together.xyz/v1/v1/models", "together"),
        ("https://api.groq.com/openai/v1/v1/chat/completions", "groq"),
        ("https://API.OpenAI.COM:443/v1", "openai"),
        ("https://bedrock-mantle.us-west-2.api.aws/v1/v1/chat/completions", "bedrock"),
        ("https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1", "bedrock"),
        ("https://s3.amazonaws.com/x", "aws"),
        ("https://us-south.ml.cloud.ibm.com/ml/v1", "watsonx"),
        ("https://us-central1-aiplatform.googleapis.com/v1", "vertexai"),
        ("https://generativelanguage.googleapis.com/v1beta/interactions", "gemini"),
        ("https://mine.openai.azure.com/openai/v1/v1/chat/completions", "azure"),
        ("https://adb-1.azuredatabricks.net/serving-endpoints", "databricks"),
        ("https://router.huggingface.co/v1", "huggingface"),
        ("https://integrate.api.nvidia.com/v1/ranking", "nvidia"),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "dashscope"),
        ("http://localhost:11434/api/chat", "ollama"),
        ("http://0.0.0.0:11434/v1/v1/chat/completions", "ollama"),
        ("http://[::1]:11434/api/tags", "ollama"),
        ("vertexai:///generate_content", "vertexai"),
        ("__databricks__/serving-endpoints/v1/chat/completions", "databricks"),
        ("grpc://models.example.com/x", "grpc"),
        ("http://localhost:8000/v1/v1/chat/completions", None),
        ("http://10.0.0.1/v1", None),
        ("http://[::1]:8000/v1", None),
        ("/v1/chat/completions", None),
        ("https://api.openai.com:port/v1", None),
        ("http://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_by_url(url: str | None, provider: str | None) -> None:
    assert provider_of(url, None) == provider


@pytest.mark.parametrize(
    ("label", "provider"),
    [
        ("ollama._types.ChatResponse", "ollama"),
        ("anthropic.types.message.Message", "anthropic"),
        ("openai.types.chat.chat_completion.ChatCompletion", None),
        ("ollamas.ChatResponse", None),
        ("x.ollama.ChatResponse", None),
        ("", None),
        (None, None),
    ],
)
def test_by_class_name(label: str | None, provider: str | None) -> None:
    assert provider_of(None, label) == provider
    assert provider_of("http://localhost:8000/", label) == provider


def test_metadata_outweighs_the_url_and_that_the_class_name() -> None:
    url, label = "https://api.groq.com/openai/v1", "ollama._types.ChatResponse"
    assert provider_of(url, label, {"provider": "vertexai"}) == "vertexai"
    assert provider_of(url, label, {}) == "groq"
    assert provider_of(None, label, None) == "ollama"


LOCAL = "http://localhost:8000/v1/v1/models"
NAMED = "t.py::test_a[client_with_models-txt=vllm/Qwen/Qwen3-0.6B-inference:chat_completion:streaming_01]"


@pytest.mark.parametrize(
    ("test_id", "model", "provider"),
    [
        pytest.param(NAMED, "Qwen/Qwen3-0.6B", "vllm", id="the parameter names the model"),
        pytest.param(NAMED, None, "vllm", id="a model list"),
        pytest.param(NAMED, "gpt-4o", None, id="another model"),
        pytest.param(NAMED, "Qwen/Qwen3-0.6", None, id="the beginning of a longer name"),
        pytest.param(NAMED, "Qwen/Qwen3-0", None, id="the beginning of a number"),
        pytest.param(
            "t.py::test_a[txt=vllm/m:emb=lab/e:dim=8]", "e", "lab", id="each parameter for its model"
        ),
        pytest.param("t.py::test_a[txt=vllm/m-emb=lab/e]", None, "vllm", id="one that runs anywhere"),
        pytest.param("t.py::test_a[txt=openai/gpt-4o]", None, None, id="one that has its own host"),
        pytest.param("t.py::test_a[txt=vllm/m:emb=tgi/e]", None, None, id="two that run anywhere"),
        pytest.param("t.py::test_a[txt=vllm/m:vis=tgi/m]", "m", None, id="two for one model"),
        pytest.param("tests/txt=vllm/m/t.py::test_a", "m", None, id="a directory is no parameter"),
        pytest.param("t.py::test_vllm[vllm]", None, None, id="a word is no parameter"),
        pytest.param(None, "m", None, id="no test"),
    ],
)
def test_a_server_without_a_name_is_told_by_the_tests_parameters(
    test_id: str | None, model: str | None, provider: str | None
) -> None:
    assert provider_of(LOCAL, None, {"openai_sdk_version": "2.5.0"}, test_id, model) == provider


def test_facts_outweigh_the_tests_parameters() -> None:
    model = "Qwen/Qwen3-0.6B"
    assert provider_of("https://api.openai.com/v1/v1/models", None, None, NAMED, model) == "openai"
    assert provider_of("http://localhost:11434/api/ps", None, None, NAMED, model) == "ollama"
    assert provider_of(LOCAL, "ollama._types.ChatResponse", None, NAMED, model) == "ollama"
    assert provider_of(LOCAL, None, {"provider": "lab"}, NAMED, model) == "lab"
    assert provider_of(None, None, None, NAMED, model) is None


@pytest.mark.parametrize(
    ("metadata", "provider"),
    [
        ({"openai_sdk_version": "2.5.0", "vllm_server_version": "0.11.0"}, "vllm"),
        ({"vllm_server_version": "0.11.0", "tgi_server_version": "3"}, None),
        ({"_server_version": "1"}, None),
        ({"azure_api_version": "2025-04-01"}, None),
    ],
)
def test_a_server_without_a_name_is_told_by_its_version(metadata: Json, provider: str | None) -> None:
    assert provider_of(LOCAL, None, metadata) == provider
    assert provider_of("https://api.groq.com/openai/v1", None, metadata) == "groq"


@pytest.mark.parametrize(
    "metadata", [{"provider": ""}, {"provider": 5}, {"openai_sdk_version": "2.5"}, "x", [1]]
)
def test_metadata_that_names_none(metadata: Json) -> None:
    assert provider_of("https://api.groq.com/openai/v1", None, metadata) == "groq"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://api.openai.com/v1/v1/models?limit=5#top", "/v1/v1/models"),
        ("https://api.openai.com", ""),
        ("vertexai:///generate_content", "/generate_content"),
        ("/v1/models", "/v1/models"),
        ("http://[broken/v1", None),
    ],
)
def test_path_of_a_url(url: str, path: str | None) -> None:
    assert url_path(url) == path


urls = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "http://", "https://", "//", "x:", "__x__/", "http://[", "http://user@"]),
    st.text(max_size=8) | st.sampled_from(["localhost", "a.b.c", "::1]", "1.2.3.4", ".", "..", "xn--a.com"]),
    st.sampled_from(["", ":11434", ":0", ":99999", ":-1", ":x", "/path", "?q", "#f"]),
)


@given(
    url=st.none() | urls | st.text(),
    label=st.none() | st.text(),
    metadata=json_values,
    test_id=st.none() | st.text() | st.text().map("t[txt={}/m".format),
    model=st.sampled_from([None, "", "m"]),
)
@examples(100)
def test_never_raises_and_never_names_nothing(
    url: str | None, label: str | None, metadata: Json, test_id: str | None, model: str | None
) -> None:
    provider = provider_of(url, label, metadata, test_id, model)
    assert provider is None or (isinstance(provider, str) and provider != "")


def is_malformed(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return True
    return False


@given(urls)
@examples(100)
def test_the_path_is_none_only_for_malformed_urls(url: str) -> None:
    assert (url_path(url) is None) == is_malformed(url)
