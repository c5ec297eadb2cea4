"""Libraries from the package index that make tests, name them, or run them in their own way."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

PROJECTS = (
    single(
        "parameterized",
        """
        import unittest
        from parameterized import parameterized
        class Things(unittest.TestCase):
            @parameterized.expand([("one", 1), ("two", 2)])
            def test_number(self, name, number): ...
            def test_plain(self): ...
        """,
    ),
    single(
        "parameterized aliased",
        """
        import unittest
        from parameterized import param, parameterized as p
        each = p.expand
        class Things(unittest.TestCase):
            @each([param("a"), param("b c")], name_func=lambda f, n, p: f"test_named_{n}")
            def test_text(self, text): ...
        """,
    ),
    single(
        "parameterized classes",
        """
        import unittest
        from parameterized import parameterized_class
        @parameterized_class(("a", "b"), [(1, 2), (3, 4)])
        class TestThings(unittest.TestCase):
            def test_sum(self):
                assert self.a < self.b
        """,
    ),
    single(
        "ddt",
        """
        import unittest
        from ddt import data, ddt, unpack
        @ddt
        class Things(unittest.TestCase):
            @data(1, 2)
            def test_number(self, number): ...
            @data((1, 2), (3, 4))
            @unpack
            def test_pair(self, one, two): ...
            def test_plain(self): ...
        """,
    ),
    single(
        "ddt from a file",
        """
        import unittest, ddt
        @ddt.ddt
        class Things(unittest.TestCase):
            @ddt.file_data("numbers.json")
            def test_number(self, value): ...
        """,
        more={"tests/unit/numbers.json": '{"one": 1, "two": 2}'},
    ),
    single(
        "hypothesis",
        """
        from hypothesis import given, settings, strategies as st
        @settings(max_examples=3, database=None)
        @given(st.integers())
        def test_a(number): ...
        @given(number=st.integers())
        @settings(max_examples=3, database=None)
        def test_b(number): ...
        def test_c(): ...
        """,
        cut="def test_c(): ...\n",
    ),
    single(
        "hypothesis stateful",
        """
        from hypothesis import settings
        from hypothesis.stateful import RuleBasedStateMachine, rule
        class Machine(RuleBasedStateMachine):
            @rule()
            def step(self): ...
        TestMachine = Machine.TestCase
        TestMachine.settings = settings(max_examples=2, stateful_step_count=2, database=None)
        def test_b(): ...
        """,
    ),
    single(
        "hypothesis stateful subclass",
        """
        from hypothesis import settings
        from hypothesis.stateful import RuleBasedStateMachine, rule
        class Machine(RuleBasedStateMachine):
            @rule()
            def step(self): ...
        class MachineTests(Machine.TestCase):
            settings = settings(max_examples=2, stateful_step_count=2, database=None)
        """,
    ),
    single(
        "pytest-cases",
        """
        from pytest_cases import case, parametrize, parametrize_with_cases
        def case_one(): return 1
        @case(id="deux")
        def case_two(): return 2
        @parametrize_with_cases("number", cases=".")
        def test_a(number): ...
        @parametrize("text", ["x", "y"])
        def test_b(text): ...
        """,
        plugins=("pytest_cases.plugin",),
        versions=("8",),
    ),
    single(
        "schemathesis",
        """
        import schemathesis
        schema = schemathesis.openapi.from_dict({
            "openapi": "3.0.0", "info": {"title": "x", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}}}},
                      "/b": {"get": {"responses": {"200": {"description": "ok"}}}}},
        })
        @schema.parametrize()
        def test_api(case): ...
        def test_plain(): ...
        """,
        plugins=("schemathesis.pytest.plugin",),
    ),
    single(
        "xdist loadgroup",
        """
        import pytest
        @pytest.mark.xdist_group("gpu")
        def test_a(): ...
        @pytest.mark.xdist_group(name="gpu")
        class TestB:
            def test_b(self): ...
            @pytest.mark.parametrize("n", ["x@y", "z[1]"])
            def test_c(self, n): ...
        def test_d(): ...
        @pytest.mark.xdist_group("cpu")
        def test_e(): ...
        """,
        args=("-n", "2", "--dist", "loadgroup"),
        plugins=("xdist.plugin", "xdist.looponfail"),
        cut='@pytest.mark.xdist_group("cpu")\ndef test_e(): ...\n',
    ),
    Project(
        "xdist loadgroup of odd names in addopts",
        {
            "pytest.ini": "[pytest]\naddopts = -n1 --dist=loadgroup\n",
            FILE: """
                import pytest
                @pytest.mark.xdist_group("a::b[c]@d")
                def test_a(): ...
                @pytest.mark.xdist_group("tests/x.py")
                @pytest.mark.parametrize("n", [1, 2])
                def test_b(n): ...
                """,
        },
        plugins=("xdist.plugin", "xdist.looponfail"),
    ),
    single(
        "pytest-asyncio",
        """
        import pytest, pytest_asyncio
        @pytest_asyncio.fixture
        async def model(): return "m"
        @pytest.mark.asyncio
        async def test_a(model): ...
        @pytest.mark.asyncio(loop_scope="class")
        class TestB:
            async def test_b(self): ...
            async def test_c(self): ...
        """,
        plugins=("pytest_asyncio.plugin",),
        cut="    async def test_c(self): ...\n",
    ),
    Project(
        "pytest-asyncio auto",
        {
            "pyproject.toml": '[tool.pytest.ini_options]\nasyncio_mode = "auto"\n',
            FILE: "async def test_a(): ...\nasync def test_b(): ...\n",
        },
        {FILE: "async def test_b(): ...\n"},
        plugins=("pytest_asyncio.plugin",),
    ),
    single(
        "subtests",
        """
        def test_a(subtests):
            for number in range(2):
                with subtests.test(msg="a::b", number=number):
                    assert number < 2
        def test_b(): ...
        """,
        plugins=("pytest_subtests.plugin",),
        versions=("8",),
        cut="def test_b(): ...\n",
    ),
    single(
        "subtests of pytest",
        "def test_a(subtests):\n    with subtests.test('x'):\n        pass\ndef test_b(): ...\n",
        versions=("9",),
        cut="def test_b(): ...\n",
    ),
    single(
        "pytest-order, rerunfailures and randomly",
        """
        import pytest
        @pytest.mark.order(2)
        def test_a(): ...
        tries = []
        @pytest.mark.flaky(reruns=2)
        def test_b():
            tries.append(1)
            assert len(tries) > 1
        @pytest.mark.order("first")
        def test_c(): ...
        """,
        plugins=("pytest_order", "pytest_rerunfailures", "pytest_randomly"),
        cut='@pytest.mark.order("first")\ndef test_c(): ...\n',
    ),
    single(
        "pytest-repeat",
        """
        import pytest
        @pytest.mark.repeat(2)
        def test_a(): ...
        class TestB:
            def test_b(self): ...
        def test_c(): ...
        """,
        args=("--count", "2"),
        plugins=("pytest_repeat",),
        cut="def test_c(): ...\n",
    ),
    single(
        "pytest-repeat for unittest",
        "def test_a(): ...\ndef test_b(): ...\n",
        args=("--count=3", "--repeat-scope=session"),
        plugins=("pytest_repeat",),
        cut="def test_b(): ...\n",
    ),
    single(
        "pytest-check and lazy fixtures",
        """
        import pytest
        from pytest_check import check
        from pytest_lazy_fixtures import lf
        @pytest.fixture
        def one(): return 1
        @pytest.mark.parametrize("number", [lf("one"), 2])
        def test_a(number):
            with check:
                assert number
        @pytest.mark.parametrize("number", [pytest.param(lf("one"), id="x::y")])
        def test_b(number): ...
        def test_c(): ...
        """,
        plugins=("pytest_check.plugin", "pytest_lazy_fixtures.plugin"),
        cut="def test_c(): ...\n",
        by_source=False,
    ),
)
