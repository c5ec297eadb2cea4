"""The tools a request offers, in every provider's form."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.jsonvalue import Json, JsonObject, as_list, as_object, as_str, compact
from recctl.request.types import Parameter, Tool


def tools_of(item: Json) -> Iterator[Tool]:
    """The tools that one item of a request's `tools` declares; Gemini's items declare several."""
    tool = as_object(item)
    declared = tool.get("function_declarations") or tool.get("functionDeclarations")
    if declared:
        for function in as_list(declared):
            yield _tool(as_object(function))
        return
    function = as_object(tool.get("function")) or tool
    kind = as_str(tool.get("type"))
    if "name" in function and kind in (None, "function", "custom"):
        yield _tool(function)
    elif kind:
        yield Tool(as_str(function.get("name")) or kind, kind=kind)
    else:
        # Gemini's built-in tools are objects with one key: {"google_search": {}}.
        yield from (Tool(name, kind=name) for name in tool)


def _tool(function: JsonObject) -> Tool:
    schema = as_object(
        function.get("parameters") or function.get("input_schema") or function.get("inputSchema")
    )
    required = as_list(schema.get("required"))
    parameters = tuple(
        Parameter(name, _type(as_object(spec)), name in required, as_str(as_object(spec).get("description")))
        for name, spec in as_object(schema.get("properties")).items()
    )
    return Tool(as_str(function.get("name")) or "?", as_str(function.get("description")), parameters)


def _type(schema: JsonObject) -> str | None:
    """A parameter's type in a few words: `string`, `array of string`, `"c" or "f"`."""
    if choices := as_list(schema.get("enum")):
        return " or ".join(compact(choice) for choice in choices)
    kind = schema.get("type")
    if kind == "array":
        inner = _type(as_object(schema.get("items")))
        return f"array of {inner}" if inner else "array"
    if isinstance(kind, list):
        return " or ".join(str(one) for one in kind)
    if alternatives := as_list(schema.get("anyOf")):
        return " or ".join(filter(None, (_type(as_object(one)) for one in alternatives)))
    return as_str(kind)
