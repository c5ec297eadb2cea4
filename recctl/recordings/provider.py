"""The provider that answered a call, by what its recording says; by the parameters of its test last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlparse, urlsplit

from recctl.support.jsonvalue import Json, as_object, as_str

# Parts of a URL's host and the providers they mean; the first that occurs counts. Of other hosts the
# label before the last dot is the provider: api.groq.com is groq.
_HOSTS: tuple[tuple[str, str], ...] = (
    ("bedrock", "bedrock"),
    ("amazonaws.com", "aws"),
    (".ml.cloud.ibm.com", "watsonx"),
    ("aiplatform.googleapis.com", "vertexai"),
    ("generativelanguage.googleapis.com", "gemini"),
    (".azure.com", "azure"),
    ("databricks", "databricks"),
    ("huggingface", "huggingface"),
    ("nvidia.com", "nvidia"),
    ("dashscope", "dashscope"),
)
_SCHEMES = frozenset({"http", "https"})
_OLLAMA_PORT = 11434
# Modules whose classes only their own service returns. Many servers answer in OpenAI's classes.
_MODULES = ("ollama", "anthropic")
# The recorder adds this to the name of a provider whose server answered a request for its version.
_SERVER_VERSION = "_server_version"
# Parameters of a test that name a provider and its model: txt=vllm/Qwen/Qwen3-0.6B:emb=ollama/all-minilm.
# Matched from the last letter of the parameter's name: from its first letter would take quadratic time.
_PARAMETER = re.compile(r"(?<=[a-z_])=(?P<provider>[A-Za-z][\w.-]*+)/")
# Providers that people run on their own machines, at any port.
_SELF_HOSTED = frozenset(
    {"llama-cpp-server", "llamafile", "lmstudio", "ollama", "sglang", "tgi", "triton", "vllm"}
)


def provider_of(
    url: str | None,
    type_label: str | None,
    metadata: Json = None,
    test_id: str | None = None,
    model: str | None = None,
) -> str | None:
    """Return the provider's short name; None where it is unknown.

    The test's parameters count only for a server without a name (localhost, an address): the one that
    names `model` or, where no model was requested, the only one with a provider of `_SELF_HOSTED`.
    """
    named = as_str(as_object(metadata).get("provider"))
    known = named or _from_url(url or "") or _from_type(type_label or "")
    return known or (_from_version(metadata) or _from_parameters(test_id or "", model) if url else None)


def url_path(url: str) -> str | None:
    """Return the path of a url, as it is hashed; None when the url is malformed.

    What follows a semicolon in the last part is left out, as by the recorder.
    """
    try:
        return urlparse(url).path
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Return the host of a url as it is written, with user and port; "" where there is none."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def hostname_of(url: str) -> str | None:
    """Return the name of a url's host in lower case, without user and port; None where there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _from_url(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not host:
        # vertexai:///generate_content; __databricks__/serving-endpoints/...
        first = parts.path.partition("/")[0]
        return (
            (parts.scheme if "://" in url else "")
            or (first.strip("_") if first.startswith("__") else "")
            or None
        )
    if "://" in url and parts.scheme not in _SCHEMES:
        return parts.scheme
    if port == _OLLAMA_PORT:
        return "ollama"
    return next((name for part, name in _HOSTS if part in host), None) or _from_domain(host)


def _from_domain(host: str) -> str | None:
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or ":" in host:  # localhost, 10.0.0.1, ::1
        return None
    return labels[-2]


def _from_version(metadata: Json) -> str | None:
    keys = [key for key in as_object(metadata) if key.endswith(_SERVER_VERSION)]
    return keys[0].removesuffix(_SERVER_VERSION) or None if len(keys) == 1 else None


def _from_parameters(test_id: str, model: str | None) -> str | None:
    """Return the provider that the parameters of a test name, if exactly one fits."""
    if model:
        fitting = {name for name, rest in _parameters(test_id) if _begins(rest, model)}
    else:
        fitting = {name for name, _ in _parameters(test_id)} & _SELF_HOSTED
    return fitting.pop() if len(fitting) == 1 else None


def _parameters(test_id: str) -> Iterator[tuple[str, str]]:
    """Yield each provider in the parameters of a test, with the text after it, which begins with a model."""
    _, _, parameters = test_id.partition("[")
    for match in _PARAMETER.finditer(parameters):
        yield match["provider"], parameters[match.end() :]


def _begins(text: str, model: str) -> bool:
    """Return whether a text begins with this model, and not with one of a longer name."""
    following = text[len(model) : len(model) + 1]
    return text.startswith(model) and not (following.isalnum() or following == ".")


def _from_type(label: str) -> str | None:
    module = label.partition(".")[0]
    return module if module in _MODULES else None
