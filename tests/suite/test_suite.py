"""A suite with what suites of recorded tests have: options, models as parameters, suites, wrappers of tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import run
from tests.suite.projects import record, write

SUITE = {
    "pyproject.toml": """
        [tool.pytest.ini_options]
        addopts = ["--durations=10", "-m", "not slow"]
        asyncio_mode = "auto"
        markers = ["slow: takes long"]
        """,
    "src/product/__init__.py": "",
    "src/product/log.py": """
        import logging, sys
        def get_logger(name, category="x"):
            sys.modules[name]
            return logging.getLogger(name)
        """,
    "tests/__init__.py": "",
    "tests/integration/__init__.py": "",
    "tests/integration/suites.py": """
        from pydantic import BaseModel, Field
        class Suite(BaseModel):
            name: str
            roots: list[str] = Field(default_factory=list)
        SUITES = {name: Suite(name=name) for name in ("base", "responses")}
        """,
    "tests/integration/conftest.py": """
        import functools, inspect, itertools, os
        from pathlib import Path
        import pytest
        from dotenv import load_dotenv
        from product.log import get_logger
        from .suites import SUITES
        logger = get_logger(__name__, category="tests")
        pytest_plugins = ["tests.integration.fixtures.common"]

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            item.execution_outcome = outcome.get_result().outcome

        def pytest_addoption(parser):
            parser.addoption("--text-model", action="append", choices=sorted(SUITES))

        def pytest_configure(config):
            load_dotenv()
            for key, value in {"text_model": "a"}.items():
                if getattr(config.option, key, None) is None:
                    setattr(config.option, key, value)

        def pytest_ignore_collect(path, config):
            return None

        def pytest_generate_tests(metafunc):
            if "text_model_id" in metafunc.fixturenames:
                pairs = list(itertools.product(metafunc.config.getoption("--text-model") or ["a"]))
                metafunc.parametrize("text_model_id", pairs, ids=lambda value: f"txt={value}", scope="session")

        def pytest_collection_modifyitems(config, items):
            for item in items:
                if item.get_closest_marker("slow"):
                    item.add_marker(pytest.mark.skip(reason="slow"))
            items.sort(key=lambda item: item.nodeid)

        def with_providers(func):
            @functools.wraps(func)
            @pytest.mark.parametrize("provider", ["faiss", "sqlite"])
            def wrapper(*args, **kwargs):
                return inspect.signature(func).bind(*args, **kwargs) and func(*args, **kwargs)
            return wrapper
        """,
    "tests/integration/fixtures/__init__.py": "",
    "tests/integration/fixtures/common.py": """
        import pytest, signal, socket, subprocess
        def is_port_available(port):
            return socket.socket().connect_ex(("localhost", port)) != 0
        @pytest.fixture(scope="session")
        def client(request):
            setattr(request, "x", vars(request))
            yield request.config.option
        """,
    "tests/integration/test_cases.py": """
        import json, pathlib
        class TestCase:
            _blob = {}
            def __init__(self, name):
                path = pathlib.Path(__file__).parent / "cases.json"
                self.data = json.loads(path.read_text()) if path.exists() else {}
            @classmethod
            def names(cls):
                return list(cls._blob)
        """,
    "tests/integration/inference/__init__.py": "",
    "tests/integration/inference/test_chat.py": """
        import base64, os, sys
        from pathlib import Path
        import pytest
        from openai import OpenAI, BadRequestError
        from pydantic import BaseModel
        from ..conftest import with_providers
        from ..test_cases import TestCase

        HERE = Path(__file__).parent
        PICTURE = base64.b64encode(b"x").decode("utf-8")
        CASES = [pytest.param(TestCase("sanity"), id="sanity"), *[(name, 1) for name in TestCase.names()]]
        skip_if_remote = pytest.mark.skipif("REMOTE" in os.environ, reason="remote")
        pytestmark = [pytest.mark.asyncio]

        class Answer(BaseModel):
            name: str

        def skip_if_model_is_unknown(client, model):
            pytest.skip(f"{model} is unknown")

        def provider_of(model):
            return model.partition("/")[0]

        PROVIDERS = {provider_of(model): model for model in ("openai/x", "ollama/y")}

        @pytest.fixture(params=["openai_client", "client"])
        def compat_client(request):
            setattr(request, "x", vars(request))
            return request.getfixturevalue(request.param)

        @pytest.mark.parametrize("test_case", CASES)
        def test_chat(compat_client, text_model_id, test_case):
            assert test_case

        @skip_if_remote
        @with_providers
        @pytest.mark.timeout(10)
        async def test_search(compat_client, provider): ...

        class TestTools:
            @pytest.mark.parametrize("stream", [True, False])
            def test_call(self, client, stream):
                with pytest.raises(BadRequestError, match="400"):
                    client.call(stream)
            def test_no_call(self, client): ...

        if __name__ == "__main__":
            sys.exit(pytest.main([__file__]))
        """,
}
FILE = "tests/integration/inference/test_chat.py"
IDS = (
    f"{FILE}::test_chat[client-sanity-txt=openai/gpt-4o]",
    f"{FILE}::test_search[faiss]",
    f"{FILE}::TestTools::test_call[True]",
    f"{FILE}::TestTools::test_no_call",
)
REMOVED = {
    IDS[0]: ("def test_chat(", "def chat("),
    IDS[1]: ("async def test_search(", "async def search("),
    IDS[2]: ("def test_call(", "def call("),
    IDS[3]: ("def test_no_call(", "def no_call("),
}


def stale(root: Path) -> list[str]:
    """The test ids that prune would remove."""
    found = json.loads(run("prune", "--json", "--max-share", "100", cwd=root).out)
    assert found["unjudged"] == 0
    return [item["test_id"] for item in found["remove"]]


def test_every_test_lives(tmp_path: Path) -> None:
    write(tmp_path, SUITE)
    record(tmp_path, *IDS)
    assert stale(tmp_path) == []


@pytest.mark.promise("A removed test is found")
@pytest.mark.parametrize("test_id", IDS)
def test_the_one_that_was_deleted_is_found(tmp_path: Path, test_id: str) -> None:
    write(tmp_path, SUITE | {FILE: SUITE[FILE].replace(*REMOVED[test_id])})
    record(tmp_path, *IDS)
    assert stale(tmp_path) == [test_id]
