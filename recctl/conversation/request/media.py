"""Describe images, audio and files in a request in a few words."""

from __future__ import annotations

import re

from recctl.support.jsonvalue import Json, JsonObject, as_object, as_str

_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)(?:;[^,]*)?,", re.IGNORECASE)


def media_description(block: JsonObject) -> str | None:
    """Return a description of an image, audio or file block in any provider's form, None for others."""
    if (image := block.get("image_url")) is not None:
        return _source("image", as_object(image).get("url") if isinstance(image, dict) else image)
    if sound := as_object(block.get("input_audio")):
        return encoded("audio", as_str(sound.get("format")), sound.get("data"))
    inline = as_object(block.get("inline_data") or block.get("inlineData"))
    if inline:
        return encoded(
            "data", as_str(inline.get("mime_type")) or as_str(inline.get("mimeType")), inline.get("data")
        )
    linked = as_object(block.get("file_data") or block.get("fileData"))
    if linked:
        return _source("file", linked.get("file_uri") or linked.get("fileUri"))
    source = as_object(block.get("source"))
    if source and block.get("type") in ("image", "document"):
        kind = str(block["type"])
        if "data" in source and source.get("type") == "base64":
            return encoded(kind, as_str(source.get("media_type")), source["data"])
        return _source(kind, source.get("url") or source.get("file_id"))
    if block.get("type") in ("input_file", "file"):
        file = as_object(block.get("file")) or block
        named = as_str(file.get("filename")) or as_str(file.get("file_id"))
        if named:
            return f"file {named}"
        data = file.get("file_data")
        return _source("file", file.get("file_url")) if data is None else _data("file", data)
    if block.get("type") in ("image", "audio", "video", "document") and "data" in block:
        return encoded(str(block["type"]), as_str(block.get("mime_type")), block["data"])
    return _of_bedrock(block)


def _of_bedrock(block: JsonObject) -> str | None:
    for kind in ("image", "document", "video", "audio"):
        media = as_object(block.get(kind))
        if source := as_object(media.get("source")):
            return encoded(
                " ".join(filter(None, (as_str(media.get("format")), kind))), None, source.get("bytes")
            )
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
