"""Names that generate no tests when a test file calls them, decorates with them or inherits from them.

Short on purpose: a name that is in no list here may generate tests, so that nothing is proved about its file.
"""

from __future__ import annotations

import sys


def words(text: str) -> frozenset[str]:
    """Return the words of a text, so that long lists stay readable."""
    return frozenset(text.split())


# Modules of the standard library for reflection: code can use names that its source does not show.
_REFLECTIVE = words(
    """
    __main__ _frozen_importlib _imp builtins code codeop ctypes gc imp importlib inspect marshal
    operator pdb pickle pkgutil runpy shelve sys timeit trace types zipimport
    """
)
# Parts of those modules that only read, or that have nothing to do with names.
_SAFE_PARTS = words(
    """
    importlib.abc importlib.metadata importlib.resources importlib.util.find_spec inspect.Parameter
    inspect.Signature inspect.cleandoc inspect.getdoc inspect.getfile inspect.getsource
    inspect.getsourcefile inspect.isabstract inspect.isasyncgen inspect.isasyncgenfunction
    inspect.isawaitable inspect.isbuiltin inspect.isclass inspect.iscoroutine
    inspect.iscoroutinefunction inspect.isfunction inspect.isgenerator inspect.isgeneratorfunction
    inspect.ismethod inspect.ismodule inspect.isroutine inspect.signature operator.add
    operator.attrgetter operator.contains operator.eq operator.itemgetter operator.mul operator.or_
    pickle.dump pickle.dumps pickle.load pickle.loads pkgutil.get_data sys.__stderr__ sys.__stdout__
    sys.argv sys.base_prefix sys.byteorder sys.exc_info sys.executable sys.exit sys.flags
    sys.float_info sys.get_int_max_str_digits sys.getdefaultencoding sys.getfilesystemencoding
    sys.getrecursionlimit sys.getrefcount sys.getsizeof sys.hexversion sys.implementation
    sys.is_finalizing sys.maxsize sys.maxunicode sys.path sys.path_importer_cache sys.platform
    sys.prefix sys.set_int_max_str_digits sys.setrecursionlimit sys.stderr sys.stdin
    sys.stdlib_module_names sys.stdout sys.version sys.version_info sys.warnoptions
    types.AsyncGeneratorType types.BuiltinFunctionType types.CoroutineType types.EllipsisType
    types.GeneratorType types.GenericAlias types.LambdaType types.MappingProxyType types.MethodType
    types.ModuleType types.NoneType types.NotImplementedType types.SimpleNamespace types.TracebackType
    types.UnionType
    """
)
# Packages that generate no tests, whatever is called in them.
_PACKAGES = words(
    """
    PIL aiofiles aiohttp anthropic anyio attr attrs azure backoff boto3 botocore bs4 cohere
    dateutil dotenv fastapi fireworks freezegun google groq httpx jinja2 jsonschema jwt litellm
    llama_stack_client lxml mcp mistralai moto msgspec numpy ogx_client ollama openai opentelemetry
    orjson packaging pandas platformdirs psycopg2 pydantic pydantic_core pydantic_settings
    pytest_asyncio pytest_check pytest_lazy_fixtures pytz redis regex requests requests_mock
    responses respx rich sqlalchemy starlette structlog tenacity tiktoken together tokenizers torch
    tqdm transformers trio typer typing_extensions urllib3 uvicorn vcr websockets yaml
    """
)
# Parts of packages that are for tests, and may generate some.
_TESTING = words("_internal _testing test testing testing_utils tests")
# Classes of packages from which nothing is collected when they are inherited.
_BASES = words(
    """
    httpx.AsyncBaseTransport httpx.Auth httpx.BaseTransport httpx.MockTransport msgspec.Struct
    pydantic.BaseModel pydantic.RootModel pydantic_settings.BaseSettings typing_extensions
    """
)
# Of packages with some parts that generate tests: parts that do not.
_PARTS = words(
    """
    hypothesis.HealthCheck hypothesis.Phase hypothesis.Verbosity hypothesis.assume hypothesis.event
    hypothesis.example hypothesis.find hypothesis.given hypothesis.note hypothesis.reproduce_failure
    hypothesis.seed hypothesis.settings hypothesis.strategies hypothesis.target
    xdist.get_xdist_worker_id xdist.is_xdist_worker
    """
)
# Base classes of pytest's collectors and items, and functions that create classes.
_MAKERS = words(
    """
    pytest.Class pytest.Collector pytest.Dir pytest.Directory pytest.DoctestItem pytest.File
    pytest.Function pytest.FunctionDefinition pytest.Item pytest.Module pytest.Package pytest.Session
    abc.ABCMeta attr.make_class attrs.make_class dataclasses.make_dataclass enum.EnumMeta enum.EnumType
    msgspec.defstruct pydantic.create_model pytest.cmdline pytest.console_main pytest.main
    """
)
_UNITTEST_MAKERS = words(
    "unittest.TestLoader unittest.TestSuite unittest.defaultTestLoader unittest.loader unittest.main"
)
# Builtins for reflection: with them code can use or bind names that its source does not show.
REFLECTIVE_BUILTINS = words(
    """
    __builtins__ __import__ compile delattr eval exec globals locals setattr vars
    """
)
# Attributes for reflection: the names of a module, a class or a caller.
REFLECTIVE_ATTRIBUTES = words(
    """
    __bases__ __builtins__ __dict__ __getattribute__ __globals__ __setattr__ __subclasses__ _getframe
    _getframemodulename cr_frame f_back f_builtins f_globals f_locals gi_frame tb_frame
    """
)
# Plugins that settings may load: they change node ids in their parameters only.
PLUGINS = words(
    """
    anyio asyncio benchmark cacheprovider cov pytest_asyncio pytest_benchmark pytest_check
    pytest_check.plugin pytest_cov pytest_env pytest_env.plugin pytest_freezer pytest_html
    pytest_httpserver pytest_httpx pytest_instafail pytest_jsonreport pytest_lazy_fixtures
    pytest_lazy_fixtures.plugin pytest_metadata pytest_mock pytest_order pytest_order.plugin
    pytest_randomly pytest_recording pytest_repeat pytest_rerunfailures pytest_retry pytest_socket
    pytest_subtests pytest_subtests.plugin pytest_sugar pytest_timeout pytest_vcr pytest_xdist
    pytester recording rerunfailures timeout xdist xdist.looponfail xdist.plugin
    """
)
# Methods that set an attribute or a key by name, or start something that does: a patch, a thread.
REFLECTIVE_METHODS = words(
    "__enter__ __setattr__ __setitem__ enter_context exec_module load_module setattr setitem start"
)


def is_harmless(dotted: str) -> bool:
    """Return whether what a dotted name refers to generates no tests, whatever is done with it."""
    first = dotted.partition(".")[0]
    if _is_within(dotted, _MAKERS):
        return False
    if _is_within(dotted, _SAFE_PARTS) or _is_within(dotted, _PARTS):
        return True
    if first == "pytest":
        return True
    if first in _PACKAGES:
        return _TESTING.isdisjoint(dotted.split("."))
    if first == "unittest":
        return not dotted.startswith(
            ("unittest.loader", "unittest.main", "unittest.TestLoader", "unittest.TestSuite")
        )
    return first in sys.stdlib_module_names and first not in _REFLECTIVE


def is_harmless_base(dotted: str) -> bool:
    """Return whether a class inherits no tests from this one."""
    return is_harmless(dotted) and (
        _is_within(dotted, _BASES) or dotted.partition(".")[0] in sys.stdlib_module_names
    )


def is_reflective(dotted: str) -> bool:
    """Return whether a part of the standard library is for reflection."""
    first = dotted.partition(".")[0]
    if first not in _REFLECTIVE:
        return False
    return not _is_within(dotted, _SAFE_PARTS)


def _is_within(dotted: str, parts: frozenset[str]) -> bool:
    """Return whether a dotted name is one of these, or inside one."""
    names = dotted.split(".")
    return any(".".join(names[:length]) in parts for length in range(1, len(names) + 1))
