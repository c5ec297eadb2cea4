"""Which service answered, told from what a recording holds. A guess from hosts, never from test names."""

from __future__ import annotations

from urllib.parse import urlsplit

from recctl.jsonvalue import Json, as_object, as_str

# Parts of a URL's host that name a service; the first that occurs counts. Hosts that are not
# here are named by the label before the last dot: api.groq.com is groq.
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


def provider_of(url: str | None, type_label: str | None, metadata: Json = None) -> str | None:
    """The provider's short name, or None where nothing tells."""
    named = as_str(as_object(metadata).get("provider"))
    return named or _from_url(url or "") or _from_type(type_label or "")


def url_path(url: str) -> str | None:
    """The path of a url, as the request hash has it; None when the url is malformed."""
    try:
        return urlsplit(url).path
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


def _from_type(label: str) -> str | None:
    module = label.partition(".")[0]
    return module if module in _MODULES else None
