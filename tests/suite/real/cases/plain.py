"""Projects that make no tests in any odd way: what is removed from them has to be found."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

PROJECTS = (
    single(
        "functions",
        """
        def test_a(): ...
        def test_b(): ...
        def test_c(): ...
        """,
        cut="def test_b(): ...\n",
    ),
    single(
        "functions without git",
        """
        def test_a(): ...
        def test_b(): ...
        """,
        cut="def test_b(): ...\n",
        git=False,
    ),
    single(
        "methods",
        """
        class TestA:
            def test_a(self): ...
            def test_b(self): ...
        class TestB:
            def test_a(self): ...
        """,
        cut="    def test_b(self): ...\n",
    ),
    single(
        "a whole class removed",
        """
        def test_a(): ...
        class TestB:
            def test_b(self): ...
        """,
        cut="class TestB:\n    def test_b(self): ...\n",
    ),
    single(
        "nested classes",
        """
        class TestA:
            class TestB:
                class TestC:
                    def test_a(self): ...
                    def test_b(self): ...
        """,
        cut="            def test_b(self): ...\n",
    ),
    single(
        "parameters",
        """
        import pytest
        @pytest.mark.parametrize("text", ["a::b", "c[d]", "e]f[g", "::", "é", "x y", "tests/a.py::test_z"])
        def test_a(text): ...
        @pytest.mark.parametrize("text", ["", "[", "a::test_q[1]"])
        def test_b(text): ...
        """,
        cut='@pytest.mark.parametrize("text", ["", "[", "a::test_q[1]"])\ndef test_b(text): ...\n',
    ),
    single(
        "fixtures with parameters",
        """
        import pytest
        @pytest.fixture(params=["one", "two"], ids=["a::b", "c"])
        def model(request):
            return request.param
        class TestA:
            def test_a(self, model): ...
            def test_b(self, model): ...
        """,
        cut="    def test_b(self, model): ...\n",
    ),
    single(
        "marks and patches",
        """
        import functools
        from unittest import mock
        from unittest.mock import patch
        import pytest
        pytestmark = pytest.mark.filterwarnings("ignore")
        def with_log(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs)
            return wrapper
        @pytest.mark.skipif(False, reason="no")
        @mock.patch("os.getcwd")
        def test_a(cwd): ...
        @patch.dict("os.environ", {"A": "b"})
        def test_b(): ...
        @pytest.mark.usefixtures("tmp_path")
        @with_log
        def test_c(): ...
        """,
        cut='@patch.dict("os.environ", {"A": "b"})\ndef test_b(): ...\n',
    ),
    single(
        "constants and helpers",
        """
        '''Tests of a model.'''
        from __future__ import annotations
        import json
        import os.path
        from pathlib import Path
        import pytest
        HERE = Path(__file__).parent
        MODELS = ["a", "b"]
        TIMEOUT: float = float("1.5")
        def helper(text: str) -> str:
            return json.dumps(text)
        @pytest.fixture
        def model():
            yield "m"
        def test_a(model):
            assert helper(model) == '"m"'
        def test_b():
            assert os.path.isdir(HERE)
        """,
        cut="def test_b():\n    assert os.path.isdir(HERE)\n",
    ),
    single(
        "async tests by anyio",
        """
        import pytest
        pytestmark = pytest.mark.anyio
        @pytest.fixture
        def anyio_backend():
            return "asyncio"
        async def test_a(): ...
        class TestB:
            async def test_b(self): ...
            async def test_c(self): ...
        """,
        cut="    async def test_c(self): ...\n",
        plugins=("anyio.pytest_plugin",),
    ),
    single(
        "parametrized by a function",
        """
        import pytest
        def cases():
            return [pytest.param(1, id="one"), pytest.param(2, marks=pytest.mark.filterwarnings("ignore"))]
        @pytest.mark.parametrize("number", cases())
        def test_a(number): ...
        @pytest.mark.parametrize("number", cases())
        @pytest.mark.parametrize("other", [None, 1.5])
        def test_b(number, other): ...
        """,
        cut='@pytest.mark.parametrize("number", cases())\n@pytest.mark.parametrize("other", [None, 1.5])\n'
        "def test_b(number, other): ...\n",
    ),
    single(
        "a renamed test",
        """
        def test_old_name(): ...
        #def test_new_name(): ...
        def test_a(): ...
        """,
        cut="def test_old_name(): ...\n#",
    ),
    Project(
        "a whole file removed",
        {"tests/a/test_a.py": "def test_a(): ...", "tests/a/test_b.py": "def test_more(): ..."},
        {"tests/a/test_b.py": None},
    ),
    Project(
        "a whole file removed without git",
        {"tests/a/test_a.py": "def test_a(): ...", "tests/a/test_b.py": "def test_more(): ..."},
        {"tests/a/test_b.py": None},
        git=False,
    ),
    Project(
        "packages of tests",
        {
            "tests/__init__.py": "",
            "tests/a/__init__.py": "",
            "tests/b/__init__.py": "",
            "tests/a/test_same.py": "def test_a(): ...\ndef test_b(): ...\n",
            "tests/b/test_same.py": "def test_a(): ...\ndef test_b(): ...\n",
        },
        {"tests/b/test_same.py": "def test_b(): ...\n"},
    ),
    Project(
        "fixtures from conftest",
        {
            "conftest.py": """
                import pytest
                def pytest_addoption(parser):
                    parser.addoption("--text-model", default="m")
                def pytest_configure(config):
                    config.addinivalue_line("markers", "slow: takes long")
                """,
            "tests/conftest.py": """
                import pytest
                @pytest.fixture
                def model(request):
                    return request.config.getoption("--text-model")
                """,
            FILE: """
                import pytest
                @pytest.mark.slow
                def test_a(model): ...
                def test_b(model): ...
                """,
        },
        {FILE: "def test_b(model): ...\n"},
    ),
    single(
        "a helper class and a dataclass",
        """
        import dataclasses
        import enum
        import typing
        @dataclasses.dataclass(frozen=True)
        class Case:
            name: str
        class Kind(enum.Enum):
            A = 1
        class Shape(typing.NamedTuple):
            side: int
        class TestA:
            case = Case("x")
            def test_a(self):
                assert self.case.name == "x"
            def test_b(self):
                assert Shape(1).side == Kind.A.value
        """,
        cut="    def test_b(self):\n        assert Shape(1).side == Kind.A.value\n",
    ),
    single(
        "under a main guard",
        """
        import sys
        import pytest
        def test_a(): ...
        def test_b(): ...
        if __name__ == "__main__":
            sys.exit(pytest.main([__file__]))
        """,
        cut="def test_b(): ...\n",
    ),
    single(
        "imports for types alone",
        """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from collections.abc import Sequence
        try:
            import tomllib
        except ImportError:
            tomllib = None
        def test_a() -> None: ...
        def test_b(names: "Sequence[str]" = ()) -> None: ...
        """,
        cut='def test_b(names: "Sequence[str]" = ()) -> None: ...\n',
    ),
    single(
        "importorskip of what is there",
        """
        import pytest
        yaml = pytest.importorskip("yaml")
        def test_a():
            assert yaml.safe_load("1") == 1
        def test_b(): ...
        """,
        cut="def test_b(): ...\n",
    ),
)
