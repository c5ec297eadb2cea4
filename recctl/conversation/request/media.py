"""Describe images, audio and files in a request in a few words."""

from __future__ import annotations

import re

from recctl.support.jsonvalue import Json, JsonObject, as_object, as_str

_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)(?:;[^,]*)?,", re.IGNORECASE)


def media_description(block: JsonObject) -> str | None:
    """Return a description of an image, audio or file block in any provider's form, None for others."""
    descriptions = (describe(block) for describe in (_openai, _gemini, _anthropic, _file, _typed, _bedrock))
    return next((found for found in descriptions if found), None)


def _openai(block: JsonObject) -> str | None:
    if (image := block.get("image_url")) is not None:
        return _source("image", image.get("url") if isinstance(image, dict) else image)
    if audio := as_object(block.get("input_audio")):
        return encoded("audio", as_str(audio.get("format")), audio.get("data"))
    return None


def _gemini(block: JsonObject) -> str | None:
    if inline := as_object(block.get("inline_data") or block.get("inlineData")):
        media_type = as_str(inline.get("mime_type")) or as_str(inline.get("mimeType"))
        return encoded("data", media_type, inline.get("data"))
    if linked := as_object(block.get("file_data") or block.get("fileData")):
        return _source("file", linked.get("file_uri") or linked.get("fileUri"))
    return None


def _anthropic(block: JsonObject) -> str | None:
    source = as_object(block.get("source"))
    if not source or block.get("type") not in ("image", "document"):
        return None
    kind = str(block["type"])
    if "data" in source and source.get("type") == "base64":
        return encoded(kind, as_str(source.get("media_type")), source["data"])
    return _source(kind, source.get("url") or source.get("file_id"))


def _file(block: JsonObject) -> str | None:
    if block.get("type") not in ("input_file", "file"):
        return None
    file = as_object(block.get("file")) or block
    if name := as_str(file.get("filename")) or as_str(file.get("file_id")):
        return f"file {name}"
    data = file.get("file_data")
    return _source("file", file.get("file_url")) if data is None else _data("file", data)


def _typed(block: JsonObject) -> str | None:
    if block.get("type") not in ("image", "audio", "video", "document") or "data" not in block:
        return None
    return encoded(str(block["type"]), as_str(block.get("mime_type")), block["data"])


def _bedrock(block: JsonObject) -> str | None:
    for kind in ("image", "document", "video", "audio"):
        media = as_object(block.get(kind))
        if source := as_object(media.get("source")):
            what = " ".join(filter(None, (as_str(media.get("format")), kind)))
            return encoded(what, None, source.get("bytes"))
    return None


def _data(what: str, data: Json) -> str:
    """Describe a data url, or bare base64."""
    is_url = isinstance(data, str) and _DATA_URL.match(data)
    return _source(what, data) if is_url else encoded(what, None, data)


def _source(what: str, url: Json) -> str:
    if not isinstance(url, str):
        return what
    data = _DATA_URL.match(url)
    return encoded(what, data["type"], url[data.end() :]) if data else f"{what} {url}"


def encoded(what: str, media_type: str | None, data: Json) -> str:
    """Return base64 data as its media type, or `what`, and its size in bytes."""
    size = f", {len(data.rstrip('=')) * 3 // 4:,} bytes" if isinstance(data, str) else ""
    return f"{media_type or what}{size}"
