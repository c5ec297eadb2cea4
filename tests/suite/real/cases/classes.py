"""Tests that a class has without showing them: bases, metaclasses, decorators, unittest."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

PROJECTS = (
    single(
        "inherited in one file",
        """
        class Base:
            def test_a(self): ...
        class TestB(Base):
            def test_b(self): ...
            def test_c(self): ...
        """,
        cut="    def test_c(self): ...\n",
    ),
    Project(
        "inherited from a helper module",
        {
            "tests/unit/__init__.py": "",
            "tests/unit/shared.py": "class Contract:\n    def test_a(self): ...\n",
            FILE: """
                from .shared import Contract
                class TestA(Contract):
                    def test_b(self): ...
                    def test_c(self): ...
                """,
        },
        {FILE: "    def test_c(self): ...\n"},
        by_source=False,
    ),
    Project(
        "inherited from conftest",
        {
            "tests/unit/conftest.py": "class Contract:\n    def test_a(self): ...\n",
            FILE: "from conftest import Contract\nclass TestA(Contract):\n    x = 1\n",
        },
    ),
    Project(
        "inherited from an installed package",
        {
            "site/contracts/__init__.py": "class Contract:\n    def test_a(self): ...\n",
            FILE: "import contracts\nclass TestA(contracts.Contract):\n    def test_b(self): ...\n",
        },
    ),
    Project(
        "inherited over two modules",
        {
            "tests/unit/one.py": "class One:\n    def test_a(self): ...\n",
            "tests/unit/two.py": "import one\nclass Two(one.One):\n    def test_b(self): ...\n",
            FILE: "import two\nclass TestA(two.Two):\n    pass\n",
        },
    ),
    single(
        "a mixin by a subscript",
        """
        class Contract:
            def test_a(self): ...
        BASES = {"one": Contract}
        class TestA(BASES["one"]):
            def test_b(self): ...
        """,
    ),
    single(
        "generic bases",
        """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Base(Generic[T]):
            def test_a(self): ...
        class TestA(Base[int]):
            pass
        """,
    ),
    single(
        "a base that is a call",
        """
        from collections import namedtuple
        def base():
            class Base:
                def test_a(self): ...
            return Base
        class TestA(base()):
            def test_b(self): ...
        """,
    ),
    single(
        "the name of a base bound twice",
        """
        class Base:
            def test_a(self): ...
        Kept = Base
        class Base:
            pass
        class TestA(Kept):
            def test_b(self): ...
        """,
    ),
    single(
        "a metaclass",
        """
        class Meta(type):
            def __new__(cls, name, bases, body):
                body["test_made"] = lambda self: None
                return super().__new__(cls, name, bases, body)
        class TestA(metaclass=Meta):
            def test_b(self): ...
        """,
    ),
    single(
        "a metaclass of a base",
        """
        class Meta(type):
            def __init__(cls, name, bases, body):
                cls.test_made = lambda self: None
        class Base(metaclass=Meta):
            pass
        class TestA(Base):
            def test_b(self): ...
        """,
    ),
    single(
        "init_subclass",
        """
        class Base:
            def __init_subclass__(cls, **kwargs):
                for name in ("one", "two"):
                    setattr(cls, f"test_{name}", lambda self: None)
        class TestA(Base):
            def test_b(self): ...
        """,
    ),
    single(
        "init_subclass with an attribute",
        """
        class Base:
            def __init_subclass__(cls):
                cls.test_made = cls.check
            def check(self): ...
        class TestA(Base):
            def test_b(self): ...
        """,
    ),
    single(
        "set_name",
        """
        class Twice:
            def __init__(self, function):
                self.function = function
            def __set_name__(self, owner, name):
                owner.test_made = self.function
        class TestA:
            @Twice
            def check(self): ...
            def test_b(self): ...
        """,
    ),
    single(
        "a class decorator that adds",
        """
        def with_more(cls):
            cls.test_made = lambda self: None
            return cls
        @with_more
        class TestA:
            def test_b(self): ...
        """,
    ),
    single(
        "a class decorator that returns another",
        """
        def doubled(cls):
            class TestOther(cls):
                def test_made(self): ...
            return TestOther
        @doubled
        class TestA:
            def test_b(self): ...
        """,
    ),
    single(
        "an instance of a class with tests",
        """
        class TestA:
            def test_b(self): ...
        TestA.test_made = lambda self: None
        """,
    ),
    single(
        "a class body that updates itself",
        """
        class TestA:
            for name in ("one", "two"):
                locals()[f"test_{name}"] = lambda self: None
            def test_b(self): ...
        """,
    ),
    single(
        "a nested class inherited",
        """
        class Base:
            class TestInner:
                def test_a(self): ...
        class TestA(Base):
            def test_b(self): ...
        """,
    ),
    single(
        "a class aliased",
        """
        class Checks:
            def test_a(self): ...
        TestA = TestB = Checks
        class Outer:
            TestC = Checks
        TestOuter = Outer
        """,
    ),
    single(
        "classes made by type",
        """
        def check(self): ...
        TestA = type("TestA", (), {"test_a": check})
        TestB = type("TestInner", (object,), dict(test_b=check))
        """,
    ),
    single(
        "classes made by types and dataclasses",
        """
        import dataclasses, types
        def check(self): ...
        TestA = types.new_class("TestA", (), {}, lambda body: body.update(test_a=check))
        TestB = dataclasses.make_dataclass("TestB", [], namespace={"test_b": check}, init=False, eq=False)
        """,
    ),
    single(
        "a test marked by __test__",
        """
        class Base:
            __test__ = False
            def test_a(self): ...
        class TestB(Base):
            __test__ = True
            def test_b(self): ...
            def test_c(self): ...
        def check(): ...
        check.__test__ = True
        """,
        cut="    def test_c(self): ...\n",
        by_source=False,
    ),
    single(
        "static and class methods",
        """
        class TestA:
            @staticmethod
            def test_a(): ...
            @classmethod
            def test_b(cls): ...
            def test_c(self): ...
        """,
        cut="    def test_c(self): ...\n",
    ),
    single(
        "a property that decides",
        """
        class TestA:
            @property
            def model(self):
                return "m"
            def test_a(self):
                assert self.model == "m"
            def test_b(self): ...
        """,
        cut="    def test_b(self): ...\n",
    ),
)
