"""Read the tools that a request offers, in every provider's form."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.request.types import Parameter, Tool
from recctl.support.jsonvalue import Json, JsonObject, as_list, as_object, as_str, compact

# Keys for the JSON schema of a function's parameters; Bedrock nests it in `json`.
_SCHEMA = (
    "parameters",
    "parameters_json_schema",
    "parametersJsonSchema",
    "input_schema",
    "inputSchema",
)


def tools_of(item: Json) -> Iterator[Tool]:
    """Yield the tools that one item of a request's `tools` declares; Gemini's items declare several."""
    tool = as_object(item)
    declared = [tool.get(key) for key in ("function_declarations", "functionDeclarations") if tool.get(key)]
    for functions in declared:
        yield from (_tool(as_object(function)) for function in as_list(functions))
    if declared:
        # One item may declare functions and built-in tools.
        yield from _built_in(tool)
        return
    function = as_object(tool.get("function")) or as_object(tool.get("toolSpec")) or tool
    kind = as_str(tool.get("type"))
    if "name" in function and kind in (None, "function", "custom"):
        yield _tool(function)
    elif kind:
        yield Tool(as_str(function.get("name")) or kind, kind=kind)
    else:
        yield from _built_in(tool)


def _built_in(tool: JsonObject) -> Iterator[Tool]:
    """Yield Gemini's built-in tools, a key each: {"google_search": {}}. The SDK sends null for others."""
    for name, settings in tool.items():
        if settings is not None and name not in ("type", "function_declarations", "functionDeclarations"):
            yield Tool(name, kind=name)


def _tool(function: JsonObject) -> Tool:
    schema = _schema(function)
    required = as_list(schema.get("required"))
    parameters = tuple(
        Parameter(name, _type(as_object(spec)), name in required, as_str(as_object(spec).get("description")))
        for name, spec in as_object(schema.get("properties")).items()
    )
    return Tool(as_str(function.get("name")) or "?", as_str(function.get("description")), parameters)


def _schema(function: JsonObject) -> JsonObject:
    schema = next((found for key in _SCHEMA if (found := as_object(function.get(key)))), {})
    return as_object(schema.get("json")) or schema


def _type(schema: JsonObject) -> str | None:
    """Return a parameter's type in a few words: `string`, `array of string`, `"c" or "f"`."""
    if choices := as_list(schema.get("enum")):
        return " or ".join(compact(choice) for choice in choices)
    kind = schema.get("type")
    if isinstance(kind, str) and kind.isupper():
        kind = kind.lower()  # Google writes types in capitals
    if kind == "array":
        inner = _type(as_object(schema.get("items")))
        return f"array of {inner}" if inner else "array"
    if isinstance(kind, list):
        return " or ".join(str(one) for one in kind)
    for key in ("anyOf", "any_of", "oneOf"):
        if alternatives := as_list(schema.get(key)):
            return " or ".join(filter(None, (_type(as_object(one)) for one in alternatives))) or None
    return as_str(kind)
