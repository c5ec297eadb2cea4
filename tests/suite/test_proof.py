"""What may make a test that a file does not name leaves it unjudged; what cannot makes it stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.suite.liveness import Liveness
from recctl.suite.source import LivenessBySource
from tests.suite.projects import by_source, record, summary_of, write

FILE = "tests/a/test_b.py"

# Everyday test files, from which one test was taken out: nothing in them makes tests.
HARMLESS = {
    "imports": "import os, sys\nfrom pathlib import Path\nfrom .helpers import make\nimport numpy as np",
    "marks": "import pytest\n@pytest.mark.parametrize('a', [1])\n@pytest.mark.slow\ndef test_y(a): ...",
    "a mark under another name": (
        "import pytest\nmark = pytest.mark\nslow = mark.slow\nskip = pytest.mark.skipif(1, reason='')\n"
        "@mark.x\n@slow\n@skip\ndef test_y(): ..."
    ),
    "pytestmark": "import pytest\npytestmark = [pytest.mark.asyncio, pytest.mark.skipif(True, reason='')]",
    "fixtures": "import pytest\n@pytest.fixture(params=[1], autouse=True)\ndef thing(request):\n    yield vars(request)",
    "patches": "from unittest import mock\n@mock.patch('a.b', new=1)\n@mock.patch.object(dict, 'x')\ndef test_y(m): ...",
    "a client": "from openai import OpenAI\nclient = OpenAI(api_key='x')\nmodels = client.models.list()",
    "a logger": "import logging\nlog = logging.getLogger(__name__)\nlog.setLevel(logging.DEBUG)",
    "paths": "from pathlib import Path\nDATA = Path(__file__).parent / 'x'\nTEXT = DATA.read_text().strip().split(',')",
    "sys.path": "import sys\nsys.path.insert(0, 'x')\nif sys.version_info < (3, 12): A = 1",
    "skips": "import pytest, sys\nif sys.platform == 'win32':\n    pytest.skip('no', allow_module_level=True)",
    "importorskip": "import pytest\nnp = pytest.importorskip('numpy')",
    "optional imports": "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None",
    "for type checkers": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from x import *\n    class A: ...",
    "a main program": "import pytest\nif __name__ == '__main__':\n    pytest.main([__file__])",
    "a class": "class TestC:\n    cases = [1]\n    @staticmethod\n    def helper(): ...\n    def test_y(self): ...",
    "a TestCase": "import unittest\nclass TestC(unittest.TestCase):\n    def setUp(self): ...\n    def test_y(self): ...",
    "bases of its own": "class Base:\n    def test_y(self): ...\nclass Mixin(Base): ...\nclass TestC(Mixin, Base): ...",
    "a base from beside": "from .bases import Base\nclass TestC(Base): ...",
    "a model": "from pydantic import BaseModel\nclass Case(BaseModel):\n    name: str\nCASES = [Case(name='a')]",
    "a dataclass": "import dataclasses\n@dataclasses.dataclass\nclass Case:\n    a: int = dataclasses.field(default=1)",
    "a named tuple": "import collections\nclass Case(collections.namedtuple('Case', 'a b')): ...",
    "a property": "class C:\n    @property\n    def a(self): ...\n    @a.setter\n    def a(self, value): ...",
    "a helper that is called": "def cases():\n    return [str(n) for n in range(3)]\nCASES = cases()",
    "a helper that marks": (
        "import pytest\ndef slow(f):\n    return pytest.mark.slow(f)\n@slow\ndef test_y(): ..."
    ),
    "a helper that wraps": (
        "import functools, pytest\n"
        "def each(f):\n"
        "    @functools.wraps(f)\n    @pytest.mark.parametrize('p', [1])\n"
        "    def wrapper(*args):\n        return anything(f, args)\n"
        "    return wrapper\n"
        "@each\ndef test_y(): ..."
    ),
    "a helper with arguments": (
        "def needs(name):\n    def deco(f):\n        f.needs = name\n        return f\n    return deco\n"
        "@needs('x')\ndef test_y(): ..."
    ),
    "a helper from beside": "from .helpers import make, Thing\nTHING = Thing('a')\nX = make(3)\n@make\ndef test_y(): ...",
    "hypothesis": "from hypothesis import given, strategies as st\n@given(st.text())\ndef test_y(t): ...",
    "generated parameters": "def pytest_generate_tests(metafunc):\n    metafunc.parametrize('a', [1])",
    "reflection in a test": "def test_y():\n    globals(); setattr(x, 'y', 1); exec('z')\n    type('X', (), {})",
    "setattr on self": "class TestC:\n    def setup_method(self):\n        setattr(self, 'a', 1)",
    "its name as a method elsewhere": "class TestD:\n    def test_x(self): ...",
    "a lambda": "KEY = lambda x: unknown(x)\nsorted([1], key=lambda v: str(v).lower())",
    "an optional module": "import pytest\ntry:\n    import lib\nexcept ImportError:\n    lib = None\nx = pytest.mark.skipif(lib is None, reason='')",
    "types of another package": "import lib\ndef test_y(a: lib.A, b: 'lib.B' = 1) -> lib.C: ...\nX: lib.D = 1",
    "its own functions as parameters": "import lib, pytest\ndef f():\n    lib.x()\n@pytest.mark.parametrize('f', [f])\ndef test_y(f): ...",
    "a loop over data": "CASES = []\nfor case in ['a']:\n    CASES.append(case.strip())\nCASES += [c.upper() for c in CASES]",
    "data of a file": "import json\nwith open('x') as file:\n    DATA = json.load(file)\nA, B = DATA.items()",
    "a form feed and a mark": "\ufeff\x0cimport os",
}
HELPERS = {
    "tests/a/__init__.py": "",
    "tests/a/helpers.py": (
        "import json\nclass Thing:\n    def __init__(self, name):\n        self.name = json.dumps(name)\n"
        "def make(x):\n    return x\n"
    ),
    "tests/a/bases.py": "class Base:\n    def test_z(self): ...\n",
}
# What may make a test, or give one another name.
DYNAMIC = {
    "parameterized": "from parameterized import parameterized\nclass TestC:\n    @parameterized.expand([1])\n    def t(self, a): ...",
    "parameterized under another name": "import parameterized as p\n@p.parameterized([1])\ndef t(a): ...",
    "parameterized by a variable": "from parameterized import parameterized\nx = parameterized\n@x.expand([1])\ndef t(a): ...",
    "a decorator of two makers": "import pytest, lib\ndeco = pytest.mark.x\ndeco = lib.expand\n@deco\ndef t(a): ...",
    "ddt": "import ddt\n@ddt.ddt\nclass TestC:\n    @ddt.data(1)\n    def t(self): ...",
    "a state machine": "from hypothesis.stateful import RuleBasedStateMachine\nclass M(RuleBasedStateMachine): ...",
    "scenarios": "from pytest_bdd import scenarios\nscenarios('a.feature')",
    "a scenario": "from pytest_bdd import scenario\n@scenario('a.feature', 'b')\ndef test_y(): ...",
    "pytest-cases": "from pytest_cases import parametrize_with_cases\n@parametrize_with_cases('a')\ndef test_y(a): ...",
    "schemathesis": "import schemathesis\nschema = schemathesis.openapi.from_dict({})",
    "an unknown call": "import lib\nlib.make_tests()",
    "an unknown call in a helper": "import lib\ndef make():\n    lib.make_tests()\nmake()",
    "an unknown call in a list": "import lib\nX = [lib.make(n) for n in range(3)]",
    "an unknown call as an argument": "import pytest, lib\n@pytest.mark.parametrize('a', lib.cases())\ndef test_y(a): ...",
    "an unknown call in a default": "import lib\ndef test_y(a=lib.make()): ...",
    "an unknown call in a with": "import lib\nwith lib.making():\n    A = 1",
    "an unknown decorator": "from lib import deco\n@deco\ndef test_y(): ...",
    "an unknown decorator of a class": "from lib import deco\n@deco\nclass TestC: ...",
    "an unknown base": "from lib import Base\nclass TestD(Base): ...",
    "a computed base": "from lib import base\nclass TestD(base()): ...",
    "pytest's own collector": "import pytest\nclass X(pytest.Function): ...",
    "a metaclass": "class M(type): ...\nclass TestD(metaclass=M): ...",
    "class keywords": "class Base: ...\nclass TestD(Base, names=['test_x']): ...",
    "__init_subclass__": "class Base:\n    def __init_subclass__(cls): ...",
    "__set_name__": "class D:\n    def __set_name__(self, owner, name): ...",
    "a conditional class": "import os\nif os.environ.get('A'):\n    class Base: ...",
    "a conditional function": "try:\n    import x\nexcept ImportError:\n    def deco(f): ...",
    "a loop that defines": "for n in range(3):\n    def t(): ...",
    "a match": "match 1:\n    case 1: A = 2",
    "globals under another name": "g = globals\ng()['t'] = 1",
    "vars": "vars()['t'] = 1",
    "exec in a helper": "def run():\n    exec('x')\nrun()",
    "sys.modules": "import sys\nsys.modules[__name__].__class__ = X",
    "sys.modules from": "from sys import modules as m\nm[__name__]",
    "sys under another name": "import sys as s\nt = s\nt.modules",
    "a frame": "import sys\nsys._getframe(0).f_globals['t'] = 1",
    "a frame by inspect": "import inspect\ninspect.currentframe().f_back",
    "inspect's stack": "from inspect import stack\nstack()",
    "a frame of an exception": "def f(e):\n    e.__traceback__.tb_frame",
    "__dict__": "class TestC: ...\nTestC.__dict__",
    "the globals of a function": "def f(): ...\nf.__globals__['t'] = 1",
    "a class by type()": "X = type('X', (), {})",
    "type under another name": "make = type\nX = make('X', (), {})",
    "types.new_class": "import types\nX = types.new_class('X')",
    "importlib": "import importlib\nm = importlib.import_module('x')",
    "its name passed on": "from .helpers import make\nmake(__name__)",
    "a module passed on": "from . import helpers\nhelpers.make(helpers)",
    "setattr by a patch": "import pytest\nmp = pytest.MonkeyPatch()\nmp.setattr('x', 'y', 1)",
    "a renamed id": "def f(item):\n    item._nodeid = 'x'",
    "what a helper reaches": "from .reaching import nothing",
    "a decorator that reaches": "from .reaching import deco\n@deco\ndef t(): ...",
    "a base that hooks": "from .reaching import Base\nclass TestD(Base): ...",
    "a class that a function makes global": "def f():\n    global test_x\n    class test_x: ...\nclass C:\n    f()",
    "its name as text": "NAMES = ['test_x']",
    "a call of a call": "from lib import a\na()()",
    "a call of an item": "T = {}\nT['a']()",
    "a helper that calls what it is given": "def deco(f):\n    return f()\n@deco\ndef t(): ...",
    "a module by importorskip": "import pytest\np = pytest.importorskip('parameterized')\n@p.parameterized.expand([1])\ndef t(a): ...",
    "a decorator by getattr": "import lib\np = getattr(lib, 'expand')\n@p([1])\ndef t(a): ...",
    "a decorator of one of two": "import lib, sys\np = lib if sys.argv else None\n@p.expand\ndef t(a): ...",
    "a decorator out of a tuple": "import lib\n(p,) = (lib.expand,)\n@p\ndef t(a): ...",
    "a decorator out of a loop": "import lib\nfor p in [lib]:\n    p.expand()",
    "a module of a comprehension": "import lib\n[p.expand() for p in [lib]]",
    "what is handed on": "import lib\nfrom .helpers import make\nmake(lib)",
    "a function that is called back": "import lib\ndef f(x):\n    lib.make(x)\nlist(map(f, [1]))",
    "a method of a value of its own": "import lib\nclass R:\n    def add(self):\n        lib.make(self)\nR.add(1)",
    "a patch that is started": "from unittest import mock\nclass TestC: ...\nmock.patch.object(TestC, 'a', create=True).start()",
    "a patch in a with": "from unittest.mock import patch\nwith patch('a'):\n    A = 1",
    "a suite of another package": "from pandas.tests.extension import base\nclass TestD(base.BaseTests): ...",
    "a class of another package": "import numpy\nclass TestD(numpy.Something): ...",
    "tests made by another package": "from torch.testing import make\nclass TestD: ...\nmake(TestD)",
    "a returned function that is called": (
        "import lib\ndef deco(a):\n    def inner(f):\n        return lib.make(f)\n    return inner\n@deco(1)\ndef t(): ..."
    ),
    "a class by type(...)(...)": "def d(c):\n    return type(c)('X', (c,), {})\n@d\nclass TestC: ...",
    "a class by __class__": "def d(c):\n    return c.__class__('X', (c,), {})\n@d\nclass TestC: ...",
    "a class by ABCMeta": "import abc\ndef d(c):\n    return abc.ABCMeta('X', (c,), {})\n@d\nclass TestC: ...",
    "a class by type.__new__": "X = type.__new__(type, 'X', (), {})",
    "setattr on what is called self": "def d(self):\n    setattr(self, 'a', 1)\n@d\nclass TestC: ...",
    "globals by a name": "def f(): ...\nns = getattr(f, '__globals__')",
    "an attribute of a computed name": "import pytest\nX = getattr(pytest, 'ma' + 'rk')",
    "attributes that are copied": "import functools\nclass TestC: ...\nfunctools.update_wrapper(TestC, dict, assigned=['a'])",
    "a lambda that is called back": "import lib\nlist(map(lambda n: lib.make(n), [1]))",
    "a base that its module fills": "from product.filling import Filled\nclass TestD(Filled): ...",
    "a method that is inherited": "from product.loading import Loaded\nclass TestD(Loaded): ...\nTestD.load('a')",
    "a method of a new object": "from product.loading import Suite\nSuite(1).add()",
    "a context of the product": "from product.loading import Suite\nwith Suite(1):\n    A = 1",
    "a function of a module, handed on": "import functools\nfrom product import loading\n@functools.partial(loading.attach, 1)\ndef t(): ...",
    "a returned function by a variable": (
        "import lib\ndef deco(a):\n    def inner(f):\n        return lib.make(f)\n    return inner\nd = deco(1)\n@d\ndef t(): ..."
    ),
}
REACHING = {
    "src/product/__init__.py": "",
    "src/product/filling.py": "class Filled: ...\nfor n in 'ab':\n    setattr(Filled, f'test_{n}', print)\n",
    "src/product/loading.py": (
        "import lib\ndef attach(*args):\n    lib.make(args)\n"
        "class Loaded:\n    @classmethod\n    def load(cls, name):\n        attach(cls, name)\n"
        "class Suite:\n    def add(self):\n        attach(self)\n    def __enter__(self):\n        attach(self)\n"
    ),
    "tests/a/reaching.py": (
        "import sys\ndef nothing(): ...\ndef deco(f):\n    sys._getframe(1).f_locals['test_' + 'x'] = f\n    return f\n"
        "class Base:\n    def __init_subclass__(cls): ...\n"
    ),
}


def liveness_after(root: Path, source: str, names: str = "test_x") -> Liveness:
    """What is said of a recording when this is the test file, beside modules that it may import."""
    write(root, {**HELPERS, **REACHING, FILE: source})
    (path,) = record(root, f"{FILE}::{names}")
    return by_source(summary_of(path))


@pytest.mark.promise("A removed test is found")
@pytest.mark.parametrize("name", HARMLESS)
def test_an_everyday_file_proves_that_a_test_is_stale(tmp_path: Path, name: str) -> None:
    liveness = liveness_after(tmp_path, HARMLESS[name])
    assert liveness == Liveness("stale", f"{FILE} does not define test_x, and nothing generates it")


@pytest.mark.promise("No live test is called stale")
@pytest.mark.parametrize("name", DYNAMIC)
def test_what_may_make_tests_leaves_them_unjudged(tmp_path: Path, name: str) -> None:
    liveness = liveness_after(tmp_path, DYNAMIC[name])
    assert (liveness.status, liveness.reason.startswith(f"{FILE} may generate it: ")) == ("unjudged", True)


def test_what_leaves_one_file_unjudged_leaves_another_too(tmp_path: Path) -> None:
    """Both use the same helper, and one source looks at both."""
    source = "from .fills import deco\n@deco\ndef t(): ..."
    fills = "import lib\ndef deco(f):\n    return lib.make(f)\n"
    other = "tests/a/test_c.py"
    write(tmp_path, {**HELPERS, "tests/a/fills.py": fills, FILE: source, other: source})
    by_source = LivenessBySource()
    paths = record(tmp_path, f"{FILE}::test_x", f"{other}::test_x")
    assert [by_source(summary_of(path)).status for path in paths] == ["unjudged", "unjudged"]


INHERITED = {
    "from a base of the file": "class Base:\n    def test_x(self): ...\nclass TestC(Base): ...",
    "from a base of a base": "class A:\n    def test_x(self): ...\nclass B(A): ...\nclass TestC(B): ...",
    "from a base beside": "from .more import Base\nclass TestC(Base): ...",
    "from a base by its module": "from . import more\nclass TestC(more.Base): ...",
    "from a base by the package": "from tests.a.more import Base as B\nclass TestC(B): ...",
    "from a base that a module passes on": "from .passing import Base\nclass TestC(Base): ...",
}


@pytest.mark.parametrize("name", INHERITED)
def test_an_inherited_test_lives(tmp_path: Path, name: str) -> None:
    more = {"tests/a/more.py": "class Base:\n    def test_x(self): ...", "tests/__init__.py": ""}
    write(tmp_path, {**more, "tests/a/passing.py": "from .more import Base"})
    assert liveness_after(tmp_path, INHERITED[name], "TestC::test_x").status == "live"


NO_PYTHON_TEST = {
    "a doctest": "test_b.TestC.method",
    "sybil": "line:3,column:1",
    "an item of a custom collector": "one case",
    "a keyword": "class",
    "a private name of a class": "TestC::_TestC__check",
    "a linter's item": "mypy",
    "a name that pytest does not collect": "check_x",
    "a class that pytest does not collect": "Cases::test_x",
}


@pytest.mark.parametrize("name", NO_PYTHON_TEST)
def test_an_id_that_pytest_does_not_give_to_a_test_is_unjudged(tmp_path: Path, name: str) -> None:
    assert liveness_after(tmp_path, "", NO_PYTHON_TEST[name]).status == "unjudged"


DOCTESTS = {
    "a text": "'''A doctest.\n\n>>> 1\n1\n'''",
    "a computed text": "__doc__ = str(1)",
    "no text": "import os",
}


@pytest.mark.parametrize("name", DOCTESTS)
def test_the_doctest_of_a_module_has_its_name(tmp_path: Path, name: str) -> None:
    """With --doctest-modules the text of a module is `test_b.py::test_b`."""
    assert liveness_after(tmp_path, DOCTESTS[name], "test_b").status == (
        "stale" if name == "no text" else "unjudged"
    )


@pytest.mark.parametrize(
    "names", ["test_y@group", "TestC::test_z@one::two", "test_y[a@b]@group", "test_y@a_b[c]"]
)
def test_the_group_of_xdist_is_no_part_of_a_name(tmp_path: Path, names: str) -> None:
    source = "def test_y(): ...\nclass TestC:\n    def test_z(self): ..."
    assert liveness_after(tmp_path, source, names).status == "live"


def test_names_are_compared_as_python_compares_them(tmp_path: Path) -> None:
    """The parser brings identifiers into one Unicode form, and pytest has their names from it."""
    assert liveness_after(tmp_path, "def test_ﬁle(): ...", "test_file").status == "live"
