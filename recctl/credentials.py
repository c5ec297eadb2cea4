"""Credentials in text: which lines look as if they held one, and what it is.

Keys of LLM providers are known here, since these are what recordings leak. Everything else (clouds,
code hosts, chat, payment, private keys) is known to detect-secrets, whose detectors run on nothing
but lines that look suspicious: no file pays for loading them until one does. None of them asks a
server whether a credential is valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from recctl.errors import RecctlError

# Keys of LLM providers and of what goes with them: by name, as it is told.
_PROVIDERS: tuple[tuple[str, str], ...] = tuple(
    (name, rf"(?<![A-Za-z0-9])({pattern})")
    for name, pattern in (
        ("Anthropic API key", r"sk-ant-[A-Za-z0-9_-]{20,}"),
        ("OpenRouter API key", r"sk-or-[A-Za-z0-9_-]{20,}"),
        ("OpenAI API key", r"sk-(?!ant-|or-)(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{20,}"),
        ("Google API key", r"AIza[0-9A-Za-z_-]{35}"),
        ("Hugging Face token", r"hf_[A-Za-z0-9]{30,}"),
        ("Groq API key", r"gsk_[A-Za-z0-9]{40,}"),
        ("xAI API key", r"xai-[A-Za-z0-9]{40,}"),
        ("Fireworks API key", r"fw_[A-Za-z0-9]{20,}"),
        ("NVIDIA API key", r"nvapi-[A-Za-z0-9_-]{40,}"),
        ("Perplexity API key", r"pplx-[A-Za-z0-9]{40,}"),
        ("Tavily API key", r"tvly-[A-Za-z0-9-]{20,}"),
        ("Databricks token", r"dapi[0-9a-f]{32}"),
    )
)
# Values that are credentials by where they stand: in a header, or in the query of a url.
_PLACES: tuple[tuple[str, str], ...] = (
    ("bearer token", r"\b[Bb]earer +(?=[^\s\"]*[0-9])([A-Za-z0-9._~+/-]{16,}=*)"),
    (
        "credential in a header",
        r'(?i:"(?:authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie)")'
        r' ?: ?"(?:[A-Za-z]+ )?([^"\s]{8,})',
    ),
    (
        "credential in a url",
        r"[?&](?i:key|api[_-]?key|access_token|auth_token|token|sig|signature|x-amz-signature)="
        r'([^&"\s#]{12,})',
    ),
    ("password in a url", r'://[^\s/"{}@:]*:([^\s/"{}@]{3,})@'),
)
# Detectors of detect-secrets whose finds are credentials by their form. Those that go by entropy or by
# words such as "password" find one in every other prompt, and its one for urls does not know where the
# host begins.
_DETECTORS = (
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("twilio", "TwilioKeyDetector"),
)

# What a line must hold for any of the above to find something in it. Each begins with plain characters
# or a rare one: that makes looking for it fast.
_SIGNS: tuple[re.Pattern[bytes], ...] = tuple(
    re.compile(sign)
    for sign in (
        rb"-(?:(?<=[^A-Za-z0-9]sk-)|(?<=^sk-)|(?<=xai-)|(?<=nvapi-)|(?<=pplx-)|(?<=tvly-)|(?<=sq0csp-)|(?<=pypi-)"
        rb"|(?<=gl[a-z]{2}-)|(?<=gl[a-z]{3}-)|(?<=gl[a-z]{4}-)|(?<=gl[a-z]{5}-))[\w\\-]{20}",
        rb"T3BlbkFJ",
        rb"-(?<=[xX][oO][xX][abposrABPOSR]-)\d",
        rb"-us\d{1,2}(?!\d)(?<=[0-9a-z]{32}-us\d)|-us\d\d(?<=[0-9a-z]{32}-us\d\d)",
        rb"_(?:(?:(?<=hf_)|(?<=gsk_)|(?<=fw_)|(?<=gh[pousr]_))\w{20}|live_|authToken)",
        rb"A(?:(?:KIA|3T[A-Z0-9]|BIA|CCA|SIA)[0-9A-Z]{16}|Iza[\w-]{35}|ccountKey=|C[a-z0-9]{32})",
        rb"SK[a-z0-9]{32}",
        rb"SG\.[\w-]{22}\.",
        rb"GR1348941",
        rb"eyJ[\w=-]+\.",
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
# A value with these in it, or with few different characters, stands for a credential and is none.
_PLACEHOLDER = re.compile(
    r"example|placeholder|redacted|dummy|your|fake|sample|changeme|\.\.\.|\*\*|xxxx|1234567890|abcdef",
    re.IGNORECASE,
)
_FEWEST_DIFFERENT = 8  # or more than half of a short one's
# Bytes around a sign that are looked at; the longest credentials are tokens of some kilobytes.
_BEFORE, _AFTER = 200, 4000


def is_suspicious(text: bytes) -> bool:
    """Whether text may hold a credential; where this says no, `credentials` finds none."""
    return any(sign.search(text) for sign in _SIGNS)


def credentials(text: str) -> Iterator[str]:
    """What sorts of credentials a text holds, as they are called; never the credentials themselves."""
    found: set[str] = set()
    for portion in _portions(text):
        for name, secret in _found_in(portion):
            # What has a name needs no second one: for the place it stands in, or by a library.
            if _is_real(secret) and not any(secret in other or other in secret for other in found):
                found.add(secret)
                yield name


def _portions(text: str) -> Iterator[str]:
    """The parts of a text around its signs: long texts hold few, and some detectors are slow."""
    raw = text.encode("utf-8", "replace")
    parts: list[tuple[int, int]] = []
    for start in sorted(match.start() for sign in _SIGNS for match in sign.finditer(raw)):
        if parts and start - _BEFORE <= parts[-1][1]:
            parts[-1] = (parts[-1][0], start + _AFTER)
        else:
            parts.append((max(start - _BEFORE, 0), start + _AFTER))
    return (raw[begin:end].decode("utf-8", "replace") for begin, end in parts)


def _found_in(text: str) -> Iterator[tuple[str, str]]:
    for name, pattern in (*_PROVIDERS, *_PLACES):
        yield from ((name, match[1]) for match in re.finditer(pattern, text))
    for detector in _detectors():
        if any(detector.analyze_string(text)):
            # Of what it found it gives a part at times, the prefix of a token: take the whole.
            found = (match[0] for pattern in detector.denylist for match in pattern.finditer(text))
            yield from ((str(detector.secret_type), secret) for secret in found)


def _is_real(value: str) -> bool:
    fewest = min(_FEWEST_DIFFERENT, len(value) // 2 + 1)
    return len(set(value)) >= fewest and not _PLACEHOLDER.search(value)


@cache
def _detectors() -> tuple[Any, ...]:
    import socket  # dear to load; most runs find nothing suspicious

    # Some load requests, which tries on loading whether a socket can be had for IPv6: not here.
    has_ipv6, socket.has_ipv6 = socket.has_ipv6, False
    try:
        modules = [(import_module(f"detect_secrets.plugins.{module}"), name) for module, name in _DETECTORS]
    except ImportError as error:
        raise RecctlError(
            f"detect-secrets cannot be loaded ({error}), so credentials may be missed",
            "install recctl with what it needs, or pass over them: --ignore RC501",
        ) from None
    finally:
        socket.has_ipv6 = has_ipv6
    return tuple(getattr(module, name)() for module, name in modules)
