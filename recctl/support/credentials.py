"""Credentials in text: which lines may hold one, and of which kind.

Keys of LLM providers are known here, since these are what recordings leak. Everything else (clouds,
code hosts, chat, payment, private keys) is known to detect-secrets, whose detectors run on nothing
but lines that look suspicious: no file pays for loading them until one does. None of them can ask a
server whether a credential is valid.

No text makes this slow. Patterns of ours go over a text once: none may begin to match in the middle of
a run that it has just gone through in vain. Those of the library see short windows only.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from recctl.support.errors import RecctlError


def _token(prefix: str, rest: str, before: str = "A-Za-z0-9") -> re.Pattern[str]:
    """Compile the pattern of a token by its prefix, which no character of `before` may precede.

    The prefix comes first in the pattern: literal characters are searched ten times as fast.
    """
    plain = re.escape(prefix)
    return re.compile(rf"({plain}(?<![{before}]{plain}){rest})", re.ASCII)


# Tokens by their form, by the name that is reported: keys of LLM providers and of what goes with them,
# and some that detect-secrets looks for in quadratic time (OpenAI, npm, JWT) or does not know yet.
_TOKENS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Anthropic API key", _token("sk-ant-", r"[A-Za-z0-9_-]{20,}")),
    ("OpenRouter API key", _token("sk-or-", r"[A-Za-z0-9_-]{20,}")),
    ("OpenAI API key", _token("sk-", r"(?!ant-|or-)[A-Za-z0-9_-]{20,}")),
    ("OpenAI API key", re.compile(r"(T3BlbkFJ(?<=[A-Za-z0-9]{20}T3BlbkFJ)[A-Za-z0-9]{20})")),
    ("Google API key", _token("AIza", r"[0-9A-Za-z_-]{35}")),
    ("Google OAuth token", _token("ya29.", r"[0-9A-Za-z_-]{60,}")),
    ("Hugging Face token", _token("hf_", r"[A-Za-z0-9]{30,}")),
    ("Groq API key", _token("gsk_", r"[A-Za-z0-9]{40,}")),
    ("xAI API key", _token("xai-", r"[A-Za-z0-9]{40,}")),
    ("Fireworks API key", _token("fw_", r"[A-Za-z0-9]{20,}")),
    ("NVIDIA API key", _token("nvapi-", r"[A-Za-z0-9_-]{40,}")),
    ("Cerebras API key", _token("csk-", r"[A-Za-z0-9]{40,}")),
    ("Replicate API token", _token("r8_", r"[A-Za-z0-9]{37}")),
    ("Perplexity API key", _token("pplx-", r"[A-Za-z0-9]{40,}")),
    ("Tavily API key", _token("tvly-", r"[A-Za-z0-9-]{20,}")),
    ("Databricks token", _token("dapi", r"[0-9a-f]{32}")),
    ("GitHub fine-grained token", _token("github_pat_", r"[A-Za-z0-9_]{60,}")),
    ("npm token", _token("npm_", r"[A-Za-z0-9]{36}")),
    ("npm token", re.compile(r":_authToken=\s{0,9}([A-Fa-f0-9-]{36})")),
    ("JSON Web Token", _token("eyJ", r"[\w-]++={0,2}\.[\w-]++={0,2}(?:\.[\w-]*+)?", before=r"\w-")),
)
# Values that are credentials by their position: in a header, in the query of a URL, after a name.
_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bearer token", re.compile(r"\b[Bb]earer +([A-Za-z0-9._~+/-]{16,}=*)")),
    (
        "credential in a header",
        re.compile(
            r'"(?i:authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie)"'
            r' ?: ?"(?:[A-Za-z]+ )?([^"\s]{8,})'
        ),
    ),
    (
        "credential in a url",
        re.compile(
            r"[?&](?i:key|api[_-]?key|access_token|auth_token|token|sig|signature|x-amz-signature)="
            r'([^&"\s#]{12,})'
        ),
    ),
    ("password in a url", re.compile(r'://[^\s/"{}@:]*:([^\s/"{}@]{3,})@')),
    (
        "credential in a variable",
        re.compile(
            r"_(?:API_KEY|API_TOKEN|ACCESS_TOKEN|AUTH_TOKEN|SECRET_KEY)"
            r"[\"'\]]{0,2} ?[=:] ?[\"']?([\w./+-]{20,})",
            re.ASCII,
        ),
    ),
)
# Without a digit these are words: "sk-estimator-doc-link-fitted", "Bearer authentication/authorization".
_HAVE_DIGITS = frozenset({"OpenAI API key", "bearer token", "credential in a variable"})
# Detectors of detect-secrets whose finds are credentials by their form. Those that go by entropy or by
# words such as "password" find one in every other prompt, and its one for urls does not know where the
# host begins.
_DETECTORS = (
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("twilio", "TwilioKeyDetector"),
)

# A line without any of these holds no credential. Each begins with literal characters or a rare one, which
# makes the search fast.
_SIGNS: tuple[re.Pattern[bytes], ...] = tuple(
    re.compile(sign)
    for sign in (
        rb"-(?:(?<=[^A-Za-z0-9]sk-)|(?<=^sk-)|(?<=xai-)|(?<=nvapi-)|(?<=pplx-)|(?<=tvly-)|(?<=sq0csp-)|(?<=pypi-)"
        rb"|(?<=csk-)|(?<=gl[a-z]{2}-)|(?<=gl[a-z]{3}-)|(?<=gl[a-z]{4}-)|(?<=gl[a-z]{5}-))[\w\\-]{20}",
        rb"T3BlbkFJ",
        rb"-(?<=[xX][oO][xX][abposrABPOSR]-)\d",
        rb"-us\d{1,2}(?!\d)(?<=[0-9a-z]{32}-us\d)|-us\d\d(?<=[0-9a-z]{32}-us\d\d)",
        rb"_(?:(?:(?<=hf_)|(?<=gsk_)|(?<=fw_)|(?<=r8_)|(?<=npm_)|(?<=github_pat_)|(?<=gh[pousr]_))\w{20}"
        rb"|live_|authToken)",
        rb"_(?:API_KEY|API_TOKEN|ACCESS_TOKEN|AUTH_TOKEN|SECRET_KEY)[\"'\]]{0,2} ?[=:] ?[\"']?[\w./+-]{20}",
        rb"A(?:(?:KIA|3T[A-Z0-9]|BIA|CCA|SIA)[0-9A-Z]{16}|Iza[\w-]{35}|ccountKey=|C[a-z0-9]{32})",
        rb"SK[a-z0-9]{32}",
        rb"SG\.[\w-]{22}\.",
        rb"GR1348941",
        rb"ya29\.",
        rb"eyJ(?<![\w-]eyJ)[\w-]++={0,2}\.",
        rb"dapi[0-9a-f]{32}",
        rb"PRIVATE KEY|PuTTY-User-Key",
        rb"\.(?<=[MNO][\w-]{23}\.)[\w-]{6}\.|\.(?<=[MNO][\w-]{24}\.)[\w-]{6}\.|\.(?<=[MNO][\w-]{25}\.)[\w-]{6}\.",
        rb'://[^\s/"{}@:]*:[^\s/"{}@]+@',
        rb"hooks\.slack\.com",
        rb"earer +[\w.~+/-]{16}",
        rb"aws(?=.{0,60}['\"][0-9a-zA-Z/+]{40})",
        rb"AWS(?=.{0,60}['\"][0-9a-zA-Z/+]{40})",
        rb"Aws(?=.{0,60}['\"][0-9a-zA-Z/+]{40})",
        rb'uthorization" ?: ?"|UTHORIZATION" ?: ?"',
        rb'ookie" ?: ?"|OOKIE" ?: ?"',
        rb'-[kK](?<=[aA][pP][iI]-[kK])[eE][yY]" ?: ?"',
        rb"=(?:(?<=[kK][eE][yY]=)|(?<=[tT][oO][kK][eE][nN]=)|(?<=[?&][sS][iI][gG]=)|(?<=ignature=)|(?<=IGNATURE=))"
        rb"[^&\"\s#]{12}",
    )
)
# A value with these in it, or with few different characters, is a placeholder.
_PLACEHOLDER = re.compile(
    r"example|placeholder|redacted|dummy|your|fake|sample|changeme|\.\.\.|\*\*|xxxx|1234567890|abcdef",
    re.IGNORECASE,
)
_FEWEST_DIFFERENT = 8  # or more than half of a short one's
# Bytes before and after a suspicious pattern that the library scans; the size of a window and the overlap of
# two. The longest token it knows has 1,032.
_BEFORE, _AFTER = 200, 1200
_WINDOW, _TWICE = 2400, 1200


def is_suspicious(text: bytes) -> bool:
    """Return whether text may hold a credential: False is definitive, True means unknown."""
    return any(sign.search(text) for sign in _SIGNS)


def credentials(text: str) -> Iterator[str]:
    """Yield the names of the kinds of credentials that a text holds, never the credentials themselves."""
    # One byte per character, so that offsets in bytes and in text agree.
    plain = text.encode("utf-8", "replace").decode("ascii", "replace")
    reported: set[str] = set()
    taken = bytearray(len(plain))
    for name, start, end in _found_in(plain):
        secret = plain[start:end]
        # What was reported needs no second name, by its position or by the library.
        if secret not in reported and taken.find(1, start, end) < 0 and _is_real(name, secret):
            reported.add(secret)
            taken[start:end] = b"\x01" * (end - start)
            yield name


def _found_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the name, start and end of everything that has the form of a credential; many are none."""
    for name, pattern in (*_TOKENS, *_PLACES):
        yield from ((name, *match.span(1)) for match in pattern.finditer(text))
    windows = list(_windows(text))
    for detector in _detectors() if windows else ():
        for pattern in detector.denylist:
            for start, end in windows:
                found = pattern.finditer(text, start, end)
                yield from ((str(detector.secret_type), *match.span()) for match in found)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield short parts of a text that hold all suspicious patterns, because some detectors are slow."""
    done = 0
    raw = text.encode("ascii", "replace")
    for offset in sorted(match.start() for sign in _SIGNS for match in sign.finditer(raw)):
        start = max(offset - _BEFORE, done - _TWICE, 0)
        while done < min(offset + _AFTER, len(text)):
            yield start, start + _WINDOW
            done = start + _WINDOW
            start = done - _TWICE


def _is_real(name: str, value: str) -> bool:
    if name in _HAVE_DIGITS and not any(map(str.isdigit, value)):
        return False
    if name == "JSON Web Token" and not _is_web_token(value):
        return False
    fewest = min(_FEWEST_DIFFERENT, len(value) // 2 + 1)
    return len(set(value)) >= fewest and not _PLACEHOLDER.search(value)


def _is_web_token(value: str) -> bool:
    """Return whether the first two parts of a token are JSON."""
    try:
        for part in value.split(".")[:2]:
            bare = part.rstrip("=")
            json.loads(base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4)))
    except (ValueError, RecursionError):
        return False
    return True


@cache
def _detectors() -> tuple[Any, ...]:
    try:
        with _without_network():
            modules = [
                (import_module(f"detect_secrets.plugins.{module}"), name) for module, name in _DETECTORS
            ]
    except ImportError as error:
        raise RecctlError(
            f"detect-secrets cannot be loaded ({error}), so credentials may be missed",
            "install recctl with what it needs, or pass over them: --ignore RC501",
        ) from None
    return tuple(getattr(module, name)() for module, name in modules)


@contextmanager
def _without_network() -> Iterator[None]:
    """Put an empty module in place of requests while the library loads.

    It is for asking servers whether a credential is valid, which must not happen, and it takes longer to
    load than all detectors: 70 of 105 ms.
    """
    if "requests" in sys.modules:
        yield
        return
    sys.modules["requests"] = ModuleType("requests")
    try:
        yield
    finally:
        del sys.modules["requests"]
