"""For each rule of `check`: small projects that break it, and others, nearly the same, that do not.

A project is its files: names and bytes. What looks like a credential here is made of random letters
when the tests run, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from tests.helpers import chat, put, run
from tests.samples import openai_parts
from tests.samples.builder import (
    Data,
    Recording,
    answered,
    failed,
    http,
    inference,
    moved,
    old_inference,
    streamed,
    tool,
    typed,
    whole,
)
from tests.samples.streams import ANTHROPIC, STREAMS, TEST

# Names of files, from the top of the project, and their bytes.
Project: TypeAlias = Mapping[str, bytes]
Projects: TypeAlias = Mapping[str, Project]
Finding: TypeAlias = dict[str, Any]

FILE = TEST.partition("::")[0]
PLACE = "tests/a/recordings"
COMMON = "tests/common/recordings"
SOURCE = "def test_one():\n    pass\n"
OLLAMA_MODELS = "http://localhost:11434/v1/models"
UUIDS = ("0f6b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "7a2e9d10-44c1-4b0e-9f3a-51d6c8b7e0f4")


# ---- projects


def project(*recordings: Recording, source: str = SOURCE, config: str = "") -> Project:
    """Return a project with one test file and recordings where the recorder puts them."""
    files = {recording.path: recording.to_bytes() for recording in recordings}
    return {FILE: source.encode(), **files, **({"pyproject.toml": config.encode()} if config else {})}


def with_bytes(change: Callable[[bytes], bytes], recording: Recording | None = None) -> Project:
    """Return a project with one recording whose bytes were changed."""
    recording = recording or chat(test_id=TEST)
    return {**project(), recording.path: change(recording.to_bytes())}


def holding(raw: bytes) -> Project:
    """Return a project with one file of recordings that holds these bytes."""
    return {**project(), chat(test_id=TEST).path: raw}


def replaced(old: str, new: str, recording: Recording | None = None) -> Project:
    """Return a project with one recording in which some text was replaced; the name stays."""

    def change(raw: bytes) -> bytes:
        if old.encode() not in raw:
            raise ValueError(f"{old} is not in the recording")
        return raw.replace(old.encode(), new.encode(), 1)

    return with_bytes(change, recording)


def config(text: str, table: str = "tool.recctl.check") -> str:
    """Return the configuration of recctl in a pyproject.toml."""
    return f"[{table}]\n{text}\n"


def lay_out(root: Path, files: Project) -> Path:
    """Write a project into a directory."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def findings(root: Path, *args: str | Path) -> list[Finding]:
    """Return what `check --format json` finds; nothing else may go wrong."""
    given = args or ("tests",)
    result = run("check", *given, "--format", "json", cwd=root)
    if result.code not in (0, 1) or "recctl:" in result.err:
        raise AssertionError(f"exit code {result.code}: {result.err}")
    found: list[Finding] = json.loads(result.out)
    return found


def found(root: Path, files: Project, select: str) -> list[str]:
    """Return the messages of the findings of some rules in a project."""
    lay_out(root, files)
    return [finding["message"] for finding in findings(root, "tests", "--select", select)]


def codes(root: Path, files: Project, select: str) -> list[tuple[str, str]]:
    """Return the code and the first digits of the file's name of each finding in a project."""
    lay_out(root, files)
    reported = findings(root, "tests", "--select", select)
    return [(finding["code"], Path(finding["path"]).name[:12]) for finding in reported]


def many(root: Path, count: int = 50) -> Path:
    """Add so many healthy recordings that `check` goes the fast way."""
    for number in range(count):
        put(root / COMMON, chat(f"Answer {number}.", prompt=f"Question {number}?"))
    return root


# ---- recordings


def model_list(*names: str) -> Recording:
    """Return a list of models, as a server gives it to anyone."""
    return inference(
        None, OLLAMA_MODELS, {}, whole([openai_parts.listed_model(name, 1, "x") for name in names])
    )


def said(message: Data, **body: Any) -> Recording:
    """Return a whole chat completion with this message, asked by the one test."""
    data = openai_parts.chat("gpt-4o", {}, message, {})
    given = {"model": "gpt-4o", "messages": [openai_parts.user("Hi.")], **body}
    return inference(TEST, openai_parts.OPENAI_URL, given, whole(data))


def call(call_id: str, name: str = "get_weather", arguments: str = "{}") -> Data:
    """Return a tool call as a chat message holds it."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def second_turn(call_id: str) -> Recording:
    """Return a request that contains a tool call."""
    turns = [
        openai_parts.user("Hi."),
        {"role": "assistant", "content": "", "tool_calls": [call(call_id)]},
        {"role": "tool", "tool_call_id": call_id, "content": "Rain."},
    ]
    return said(openai_parts.assistant("It rains."), messages=turns)


ERROR: Data = {
    "category": "provider_sdk",
    "provider": "openai",
    "type": "AuthenticationError",
    "message": "Error code: 401",
    "status_code": 401,
    "body": None,
}


def refused(test_id: str | None = TEST) -> Recording:
    """Return an exception that was recorded instead of an answer."""
    body = {"model": "gpt-4o", "messages": [openai_parts.user("Hi.")]}
    return inference(test_id, openai_parts.OPENAI_URL, body, failed(ERROR))


def tool_answer(**data: Any) -> Recording:
    """Return the answer of a tool."""
    fields = {"content": "Rain.", "error_message": None, "error_code": None, "metadata": None, **data}
    label = "llama_stack_api.tools.ToolInvocationResult"
    return tool(TEST, "brave-search", "web_search", {"query": "weather"}, whole(typed(label, **fields)))


def old() -> Recording:
    """Return a recording of the first era, with a name of twelve digits."""
    body = {"model": "gpt-4o", "messages": [openai_parts.user("Hi.")]}
    said = openai_parts.chat("gpt-4o", {}, openai_parts.assistant("Hello."), {})
    return old_inference(openai_parts.OPENAI_URL, body, whole(said))


def nested(depth: int) -> str:
    """JSON that is nested so deep."""
    return "[" * depth + "]" * depth


# ---- what looks like a credential

LETTERS = string.ascii_letters + string.digits


def random_text(length: int, letters: str = LETTERS, seed: int = 7) -> str:
    """Letters that mean nothing, the same on every run."""
    random = Random(seed)
    return "".join(random.choice(letters) for _ in range(length))


def _segment(value: Data) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
DIGITS = string.digits

# By the name that recctl gives them: keys known by their form.
_JWT = f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{_segment({'sub': 'u-4711', 'iat': 1516239022})}"
# By the name that recctl gives them: tokens known by their form.
PROVIDER_KEYS: Mapping[str, str] = {
    "Anthropic API key": "sk-" + f"ant-api03-{random_text(80)}",
    "OpenRouter API key": "sk-" + f"or-v1-{random_text(64, HEX)}",
    "OpenAI API key": "sk-" + f"proj-{random_text(60)}",
    "Google API key": "AI" + f"za{random_text(35)}",
    "Hugging Face token": "hf" + f"_{random_text(34)}",
    "Groq API key": "gsk" + f"_{random_text(52)}",
    "xAI API key": "xai" + f"-{random_text(80)}",
    "Fireworks API key": "fw" + f"_{random_text(24)}",
    "NVIDIA API key": "nvapi" + f"-{random_text(64)}",
    "Perplexity API key": "pplx" + f"-{random_text(48)}",
    "Tavily API key": "tvly" + f"-dev-{random_text(32)}",
    "Databricks token": "da" + f"pi{random_text(32, HEX)}",
    "Google OAuth token": "ya" + f"29.{random_text(100)}",
    "Cerebras API key": "cs" + f"k-{random_text(48)}",
    "Replicate API token": "r8" + f"_{random_text(37)}",
    "GitHub fine-grained token": "github" + f"_pat_{random_text(22)}_{random_text(59)}",
    "npm token": "np" + f"m_{random_text(36)}",
    "JSON Web Token": f"{_JWT}.{random_text(43)}",
}
# By the class of the detector that knows them; several where it has several forms.
DETECTED: Mapping[str, Sequence[str]] = {
    "AWSKeyDetector": (
        "AK" + f"IA{random_text(16, UPPER)}",
        f"aws_secret_access_key = '{random_text(40)}'",
        f"Aws_Secret_Key: '{random_text(40)}'",
    ),
    "AzureStorageKeyDetector": ("Account" + f"Key={random_text(86)}==",),
    "DiscordBotTokenDetector": (f"M{random_text(23)}.{random_text(6)}.{random_text(27)}",),
    "GitHubTokenDetector": tuple(f"gh{kind}_{random_text(36)}" for kind in "pousr"),
    "GitLabTokenDetector": (
        "gl" + f"pat-{random_text(20)}",
        "gl" + f"soat-{random_text(20)}",
        "GR13" + f"48941{random_text(20)}",
        "gl" + f"cbt-64_{random_text(20)}",
        "gl" + f"imt-{random_text(25)}",
        "gl" + f"ptt-{random_text(40)}",
        "gl" + f"agent-{random_text(50)}",
        "gl" + f"oas-{random_text(64)}",
    ),
    "MailchimpDetector": (f"{random_text(32, HEX)}-us{12}", f"{random_text(32, HEX)}-us{6}"),
    "PrivateKeyDetector": (
        *(f"-----BEGIN {kind}PRIVATE " + "KEY-----" for kind in ("RSA ", "EC ", "OPENSSH ", "")),
        "PuTTY-User-" + "Key-File-2: ssh-rsa",
    ),
    "PypiTokenDetector": ("pypi-" + f"AgEIcHlwaS5vcmc{random_text(80)}",),
    "SendGridDetector": (f"SG.{random_text(22)}.{random_text(43)}",),
    "SlackDetector": (
        "xox" + f"b-{random_text(12, DIGITS)}-{random_text(12, DIGITS)}-{random_text(24)}",
        "https://hooks.slack" + f".com/services/T{random_text(8, UPPER)}/B{random_text(8, UPPER)}/"
        f"{random_text(24)}",
    ),
    "SquareOAuthDetector": ("sq0" + f"csp-{random_text(43)}",),
    "StripeDetector": ("sk" + f"_live_{random_text(24)}", "rk" + f"_live_{random_text(24)}"),
    "TwilioKeyDetector": (f"AC{random_text(32, HEX)}", f"SK{random_text(32, HEX)}"),
}
# Other forms of those above.
OTHER_FORMS: Mapping[str, Sequence[str]] = {
    "OpenAI API key": (
        "sk-" + f"{random_text(20)}T3Blbk" + f"FJ{random_text(20)}",
        "sk-" + f"svcacct-{random_text(74)}T3Blbk" + f"FJ{random_text(74)}",
        f"SK{random_text(20)}T3Blbk" + f"FJ{random_text(20)}",
    ),
    "npm token": (
        f"//registry.npmjs.org/:_authToken=npm_{random_text(36)}",
        f"//registry.npmjs.org/:_authToken={random_text(8, HEX)}-4a5b-8c6d-9e7f-{random_text(12, HEX)}",
    ),
    "JSON Web Token": (
        f"{_JWT}.",
        f"{_segment({'alg': 'none', 'kid': random_text(5000)})}.{_segment({'sub': random_text(9000)})}.x",
    ),
}
# By the name that recctl gives them: values known by their context.
IN_PLACES: Mapping[str, Sequence[str]] = {
    "bearer token": tuple(f"{word} {random_text(24)}" for word in ("Bearer", "bearer")),
    "credential in a header": tuple(
        f'"{name}": "{random_text(24)}"'
        for name in (
            "authorization",
            "Authorization",
            "AUTHORIZATION",
            "proxy-authorization",
            "x-api-key",
            "X-Api-Key",
            "api-key",
            "x-goog-api-key",
            "Cookie",
            "set-cookie",
        )
    ),
    "credential in a url": tuple(
        f"https://host.org/path?a=b&{name}={random_text(24)}"
        for name in (
            "key",
            "api_key",
            "api-key",
            "apikey",
            "ApiKey",
            "access_token",
            "auth_token",
            "token",
            "sig",
            "signature",
            "X-Amz-Signature",
        )
    ),
    "password in a url": tuple(
        f"{scheme}://{user}:{random_text(14)}@db.host.org/x"
        for scheme, user in (("postgres", "app"), ("redis", ""), ("https", "jo.e"))
    ),
    "credential in a variable": (
        f"TOGETHER_API_KEY={random_text(64, HEX)}",
        f'export COHERE_API_KEY="{random_text(40)}"',
        f"WATSONX_API_KEY: {random_text(44)}",
        f"os.environ['MY_ACCESS_TOKEN'] = '{random_text(40)}'",
    ),
}
KEY = PROVIDER_KEYS["Anthropic API key"]


# ---- for each rule: projects that break it

_PLAIN = chat(test_id=TEST)
_OTHER_NAMES = (f"{PLACE}/{'a' * 64}.json", f"{PLACE}/{'b' * 64}.json")
_BIG = chat("x" * 2000, test_id=TEST)

SAMPLES: Mapping[str, Projects] = {
    "RC001": {
        "empty": holding(b""),
        "blank": holding(b" \n\n"),
        "cut short": with_bytes(lambda raw: raw[: len(raw) // 2]),
        "cut short by one brace": with_bytes(lambda raw: raw.rstrip()[:-1]),
        "a merge conflict": replaced('    "headers"', '<<<<<<< HEAD\n    "headers"'),
        "Latin-1": with_bytes(lambda raw: raw.replace(b"Hello.", b"\xe9")),
        "UTF-16": with_bytes(lambda raw: raw.decode().encode("utf-16")),
        "UTF-16 without a mark": with_bytes(lambda raw: raw.decode().encode("utf-16-le")),
        "a byte order mark": with_bytes(lambda raw: b"\xef\xbb\xbf" + raw),
        "two documents": with_bytes(lambda raw: raw + raw),
        "a line break in a string": replaced("Hello.", "Hel\nlo."),
    },
    "RC002": {
        "in the request": replaced('"headers": {}', '"headers": {},\n    "headers": {}'),
        "deep in the answer": replaced('"role": "assistant"', '"role": "user", "role": "assistant"'),
        "spelled in two ways": replaced('"headers": {}', '"headers": {"a": 1, "\\u0061": 2}'),
        "the empty key": replaced('"headers": {}', '"headers": {"": 1, "": 2}'),
        "in a list": replaced('"headers": {}', '"headers": [[{"a": 1, "a": 1}]]'),
    },
    "RC003": {
        "an array": holding(b"[]\n"),
        "a string": holding(b'"recording"\n'),
        "no response": holding(b'{"test_id": null, "request": {"url": "x"}}\n'),
        "no request": holding(b'{"test_id": null, "response": {"body": null}}\n'),
        "a response that is a list": holding(b'{"request": {}, "response": []}\n'),
        "nested too deep": replaced('"headers": {}', f'"headers": {nested(300)}'),
        "nested far too deep": replaced('"headers": {}', f'"headers": {nested(100_000)}'),
    },
    "RC004": {
        "a class that nobody knows": project(
            inference(TEST, openai_parts.OPENAI_URL, {}, whole(typed("a.B", answer="Hello.")))
        ),
        "plain text": project(inference(TEST, openai_parts.OPENAI_URL, {}, whole("Hello."))),
        "chunks": project(inference(TEST, openai_parts.OPENAI_URL, {}, streamed({"a": 1}, {"b": 2}))),
    },
    "RC101": {
        "another prompt": replaced('"content": "Hi."', '"content": "Ho."'),
        "another test": replaced("::test_one", "::test_two"),
        "no hash in its name": project(moved(_PLAIN, f"{PLACE}/weather.json")),
        "an old name that fits nothing": project(moved(old(), f"{PLACE}/{'0' * 12}.json")),
        "a model list": project(moved(model_list("a"), f"{COMMON}/models-{'0' * 64}-{'0' * 8}.json")),
    },
    "RC102": {
        "the first era": project(old()),
        "a recorder older than its recordings": project(
            chat(test_id=TEST, prompt="score: 0.25"),
            config=config('hash-rule = "2026-03-18"', "tool.recctl"),
        ),
    },
    "RC103": {
        "whole": project(answered(_PLAIN, id="rec-0123456789ab")),
        "streamed": project(answered(STREAMS["OpenAI chat"](["Hello."], "stop"), id="rec-0123456789ab")),
    },
    "RC104": {
        "the directory of another test": project(moved(_PLAIN, "tests/b/recordings")),
        "above": project(moved(_PLAIN, "tests/recordings")),
        "below": project(moved(_PLAIN, f"{PLACE}/responses")),
    },
    "RC105": {"among those of a test": project(moved(chat(), PLACE))},
    "RC106": {
        "a copy under another name": project(_PLAIN, moved(_PLAIN, _OTHER_NAMES[0])),
        "two copies": project(_PLAIN, *(moved(_PLAIN, name) for name in _OTHER_NAMES)),
    },
    "RC201": {
        "an id": project(answered(_PLAIN, id="chatcmpl-17")),
        "a time": project(answered(_PLAIN, created=1_760_000_000)),
        "a time as text": project(
            answered(STREAMS["Ollama chat"](["Hello."], "stop"), created_at="2026-01-01T00:00:00Z")
        ),
        "an empty id": project(answered(_PLAIN, id="")),
    },
    "RC202": {
        "an exception": project(refused()),
        "an HTTP error": project(http(TEST, ANTHROPIC, {"model": "x"}, whole({"error": "no"}), status=401)),
        "a tool's error": project(tool_answer(error_message="no such key", error_code=403)),
        "outside of tests": project(refused(None)),
    },
    "RC203": {name: project(make(["Hel", "lo."], None)) for name, make in STREAMS.items()},
    "RC204": {
        "no words": project(chat("", test_id=TEST)),
        "a message without anything": project(said(openai_parts.assistant(None))),
        "no chunks": project(inference(TEST, openai_parts.OPENAI_URL, {"model": "x"}, streamed())),
        "an empty stream": project(STREAMS["OpenAI chat"](["", ""], "length")),
        "no vectors": project(
            inference(TEST, openai_parts.OPENAI_URL, {}, whole(openai_parts.embeddings("x", [], 0)))
        ),
    },
    "RC301": {
        "a call": project(second_turn("call_9mQx4Lw2")),
        "an answer": project(
            chat(
                "Fine.",
                test_id=TEST,
                messages=[
                    openai_parts.user("Hi."),
                    {"role": "assistant", "content": "How are you?"},
                    openai_parts.user("Well."),
                ],
            )
        ),
    },
    "RC401": {
        "the function": project(_PLAIN, source="def test_two(): pass\n"),
        "the file": {_PLAIN.path: _PLAIN.to_bytes(), "tests/b/test_x.py": b""},
        "the class": project(chat(test_id=f"{FILE}::TestChat::test_one[x]")),
    },
    "RC402": {
        "a uuid": project(*(chat(test_id=TEST, prompt=f"Find {uuid}.") for uuid in UUIDS)),
        "a time": project(*(chat(test_id=TEST, prompt=f"It is 2026-04-1{day}T10:00:00Z.") for day in (1, 2))),
        "ids of calls": project(
            *(second_turn(call_id) for call_id in ("call_9mQx4Lw2Bd", "call_Zt61pPq0Aa"))
        ),
    },
    "RC403": {
        "a small limit": project(_BIG, config=config("max-size = 1")),
        "the limit that there is": project(chat("x" * 1_000_000, test_id=TEST)),
    },
    "RC404": {
        "compact": with_bytes(lambda raw: json.dumps(json.loads(raw)).encode() + b"\n"),
        "CRLF": with_bytes(lambda raw: raw.replace(b"\n", b"\r\n")),
        "no line break at the end": with_bytes(lambda raw: raw.rstrip()),
        "two line breaks at the end": with_bytes(lambda raw: raw + b"\n"),
        "not ASCII": replaced("Hello.", "Gr\u00fc\u00df Gott."),
        "indented by four": with_bytes(lambda raw: json.dumps(json.loads(raw), indent=4).encode() + b"\n"),
    },
    "RC501": {
        "in a prompt": project(chat(test_id=TEST, prompt=f"My key is {KEY}.")),
        "in an answer": project(chat(f"Your key is {KEY}.", test_id=TEST)),
        "torn over chunks": project(STREAMS["OpenAI chat"](["It is ", KEY[:9], KEY[9:30], KEY[30:]], "stop")),
    },
    "RC502": {
        "macOS": project(chat(test_id=TEST, prompt="Read /Users/alice/notes.txt.")),
        "Linux": project(chat(test_id=TEST, prompt="Read /home/alice/notes.txt.")),
        "Windows": project(chat(test_id=TEST, prompt="Read C:\\Users\\alice\\notes.txt.")),
    },
}

# ---- nearly the same, and healthy

COUNTER_SAMPLES: Mapping[str, Projects] = {
    "RC001": {
        "whole": project(_PLAIN),
        "UTF-8": replaced("Hello.", "\u00e9"),
        "no line break": with_bytes(bytes.rstrip),
    },
    "RC002": {
        "the same key in two objects": replaced('"headers": {}', '"headers": {"x": {"x": 1}, "y": {"x": 1}}'),
        "in another case": replaced('"headers": {}', '"headers": {"x": 1, "X": 1}'),
        "a text that says so": replaced("Hello.", '{\\"x\\": 1, \\"x\\": 2}'),
    },
    "RC003": {
        "whole": project(_PLAIN),
        "nested as deep as schemas are": replaced('"headers": {}', f'"headers": {nested(150)}'),
    },
    "RC004": {
        "a known class": project(_PLAIN),
        "no class": project(
            STREAMS["Anthropic"](["Hello."], "end_turn"), STREAMS["Gemini"](["Hello."], "STOP")
        ),
        "no answer": project(refused()),
        "a model list": project(model_list("a", "b")),
    },
    "RC101": {
        "the right name": project(_PLAIN, model_list("a", "b"), tool_answer()),
        "another answer": replaced("Hello.", "Goodbye."),
        "an older rule": project(old()),
    },
    "RC102": {
        "today's rule": project(_PLAIN),
        "the project says that its recorder is old": project(
            old(), config=config('hash-rule = "2025-07-29"', "tool.recctl")
        ),
    },
    "RC103": {
        "its own id": project(_PLAIN),
        "another sort of id": project(answered(_PLAIN, id="rec-xyz")),
        "a later request carries it on": project(
            answered(_PLAIN, id="rec-0123456789ab"), chat(test_id=TEST, prompt="after rec-0123456789ab")
        ),
    },
    "RC104": {
        "beside its test": project(_PLAIN),
        "where all look": project(moved(_PLAIN, COMMON)),
        "a name that fits nothing is another rule's": project(moved(_PLAIN, "tests/b/recordings/x.json")),
    },
    "RC105": {
        "where all look": project(moved(chat(), COMMON)),
        "a model list belongs to no test": project(moved(model_list("a"), PLACE)),
        "it names a test": project(_PLAIN),
    },
    "RC106": {
        "both with a wrong name": project(*(moved(_PLAIN, name) for name in _OTHER_NAMES)),
        "two requests": project(_PLAIN, chat(test_id=TEST, prompt="Ho.")),
        "two lists of models": project(model_list("a"), model_list("a", "b")),
        "in another directory": project(_PLAIN, moved(_PLAIN, COMMON)),
    },
    "RC201": {
        "normalized": project(_PLAIN, STREAMS["Ollama chat"](["Hello."], "stop")),
        "models have names": project(model_list("a", "b")),
        "a later request carries the id on": project(
            answered(_PLAIN, id="chatcmpl-17"), chat(test_id=TEST, prompt="after chatcmpl-17")
        ),
    },
    "RC202": {
        "its test catches it": project(
            refused(), source="import pytest\ndef test_one():\n    with pytest.raises(ValueError): pass\n"
        ),
        "its test is named so": project(refused(f"{FILE}::test_error")),
        "a success": project(_PLAIN, tool_answer()),
    },
    "RC203": {
        **{name: project(make(["Hel", "lo."], "stop")) for name, make in STREAMS.items()},
        "not streamed": project(_PLAIN),
    },
    "RC204": {
        "words": project(_PLAIN),
        "a call": project(said(openai_parts.assistant(None, tool_calls=[call("call_1")]))),
        "a refusal": project(said(openai_parts.assistant(None, refusal="No."))),
        "a thought": project(said(openai_parts.assistant(None, reasoning_content="Hm."))),
        "an exception": project(refused()),
        "a tool says nothing": project(tool_answer(content="")),
    },
    "RC301": {
        "a recording of the test made the call": project(
            second_turn("call_9mQx4Lw2"),
            said(openai_parts.assistant(None, tool_calls=[call("call_9mQx4Lw2")])),
        ),
        "the test made the call": project(
            second_turn("call_9mQx4Lw2"), source='CALL = "call_9mQx4Lw2"\ndef test_one(): pass\n'
        ),
        "nothing carried on": project(_PLAIN),
    },
    "RC401": {
        "it is there": project(_PLAIN),
        "it may be inherited": project(
            chat(test_id=f"{FILE}::TestChat::test_one"), source="class TestChat(Base): pass\n"
        ),
        "no test": project(chat()),
    },
    "RC402": {
        "other words": project(*(chat(test_id=TEST, prompt=f"Find {word}.") for word in ("Rome", "Bonn"))),
        "another answer": project(
            *(
                chat(answer, test_id=TEST, prompt=f"Find {uuid}.")
                for answer, uuid in zip(("Yes.", "No!!"), UUIDS, strict=True)
            )
        ),
        "another test": project(
            *(
                chat(test_id=test, prompt=f"Find {uuid}.")
                for test, uuid in zip((TEST, f"{TEST}[x]"), UUIDS, strict=True)
            )
        ),
    },
    "RC403": {
        "a large limit": project(_BIG, config=config("max-size = 10")),
        "below the limit that there is": project(chat("x" * 900_000, test_id=TEST)),
    },
    "RC404": {
        "as recorded": project(_PLAIN, model_list("a")),
        "not a number": replaced('"headers": {}', '"headers": NaN'),
        "an older recording": project(old()),
    },
    "RC501": {
        "a placeholder": project(
            chat(test_id=TEST, prompt=f"My key is {'sk-' + 'your-api-key-goes-here-1'}.")
        ),
        "one letter again and again": project(chat(test_id=TEST, prompt=f"My key is {'sk-' + '1x' * 20}.")),
        "part of a word": project(chat(test_id=TEST, prompt=f"The ta{KEY} is done.")),
        "too short": project(chat(test_id=TEST, prompt=f"My key is {KEY[:12]}.")),
    },
    "RC502": {
        "nobody": project(chat(test_id=TEST, prompt="Read /home/user/notes.txt and /Users/runner/x.")),
        "a web page": project(chat(test_id=TEST, prompt="See https://host.org/home/about.")),
        "no name": project(chat(test_id=TEST, prompt="Look in /home/ and /Users/$USER.")),
    },
}
