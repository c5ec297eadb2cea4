"""Every syntax by which Python binds a name, at module level and in a class."""

from __future__ import annotations

from tests.suite.real.project import single

PROJECTS = (
    single(
        "tuples and stars",
        """
        def check(): ...
        test_a, (test_b, *tests) = check, (check, check)
        [test_c, *_] = [check]
        test_d = test_e = check
        test_f: object = check
        """,
    ),
    single(
        "attributes as targets",
        """
        class TestA:
            def test_a(self): ...
        def check(self): ...
        for TestA.test_b in [check]:
            pass
        (TestA.test_c, TestA.test_d) = check, check
        """,
    ),
    single(
        "subscripts as targets",
        """
        import contextlib
        for globals()["test_a"] in [lambda: None]:
            pass
        with contextlib.nullcontext(lambda: None) as vars()["test_b"]:
            pass
        """,
    ),
    single(
        "walruses in odd places",
        """
        def check(*args): ...
        def one(x=(test_a := check)): ...
        class Empty((test_b := object)): ...
        two = lambda y=(test_c := check): y
        text = f"{(test_d := check)}"
        assert (test_e := check)
        @(test_f := check) and (lambda function: function)
        def three(): ...
        del test_b
        """,
    ),
    single(
        "a walrus in an annotation",
        "count: (test_a := lambda: None) = 1\ndef test_b(): ...\n",
    ),
    single(
        "imports as tests",
        """
        import helper.test_a as test_module
        from helper.test_a import check as test_a, Checks as TestB
        from helper import test_a as module_with_the_same_name
        def test_c(): ...
        """,
        more={
            "tests/unit/helper/__init__.py": "",
            "tests/unit/helper/test_a.py": "def check(): ...\nclass Checks:\n    def test_b(self): ...\n",
            "pytest.ini": "[pytest]\npython_files = test_it.py\n",
        },
    ),
    single(
        "imports in a class body",
        """
        class TestA:
            from helper import check as test_a, test_self
            def test_b(self): ...
            def test_c(self): ...
        """,
        more={"tests/unit/helper.py": "def check(self): ...\ndef test_self(self): ...\n"},
        cut="    def test_c(self): ...\n",
        by_source=False,
    ),
    single(
        "statements in a class body",
        """
        import contextlib, sys
        class TestA:
            if sys.platform:
                def test_a(self): ...
            with contextlib.nullcontext(lambda self: None) as test_b:
                pass
            for test_c in [lambda self: None]:
                pass
            match lambda self: None:
                case test_d:
                    pass
            exec("def test_e(self): ...")
            vars().update(test_f=lambda self: None)
            (test_g := lambda self: None)
        """,
    ),
    single(
        "a class in a class by assignment",
        """
        class Checks:
            def test_a(self): ...
        class TestA:
            TestInner = Checks
            TestMade = type("TestMade", (Checks,), {})
            test_partial = __import__("functools").partialmethod(lambda self, n: None, 1)
        """,
    ),
    single(
        "a function that binds a global by a loop",
        """
        def install():
            global test_a, TestB
            for test_a in [lambda: None]:
                pass
            class TestB:
                def test_b(self): ...
        class Installer:
            install()
        """,
    ),
    single(
        "a global that a class body binds",
        """
        class Holder:
            global test_a
            def test_a(): ...
        def test_b(): ...
        """,
    ),
    single(
        "a base with mro entries",
        """
        class Contract:
            def test_a(self): ...
        class Standin:
            def __mro_entries__(self, bases):
                return (Contract,)
        Base = Standin()
        class TestA(Base):
            def test_b(self): ...
        """,
    ),
    single(
        "a base with a subscript of its own",
        """
        class Contract:
            def test_a(self): ...
        class Chooser:
            def __class_getitem__(cls, item):
                return Contract
        class TestA(Chooser[1]):
            def test_b(self): ...
        """,
    ),
    single(
        "a metaclass that prepares",
        """
        class Meta(type):
            @classmethod
            def __prepare__(meta, name, bases):
                return {"test_made": lambda self: None}
        class TestA(metaclass=Meta):
            def test_b(self): ...
        class Sub(TestA): ...
        TestSub = Sub
        """,
    ),
    single(
        "a metaclass by a function",
        """
        def meta(name, bases, body):
            return type(name, bases, {**body, "test_made": lambda self: None})
        class TestA(metaclass=meta):
            def test_b(self): ...
        """,
    ),
    single(
        "a metaclass by six",
        """
        import six
        class Meta(type):
            def __init__(cls, name, bases, body):
                super().__init__(name, bases, body)
                cls.test_made = lambda self: None
        class TestA(six.with_metaclass(Meta, object)):
            def test_a(self): ...
        @six.add_metaclass(Meta)
        class TestB:
            def test_b(self): ...
        """,
    ),
    single(
        "classes built by another builder",
        """
        import builtins
        real = builtins.__build_class__
        def build(function, name, *bases, **more):
            made = real(function, name, *bases, **more)
            if name == "TestA":
                made.test_made = lambda self: None
            return made
        builtins.__build_class__ = build
        class TestA:
            def test_b(self): ...
        builtins.__build_class__ = real
        """,
    ),
    single(
        "a descriptor that adds when it is made",
        """
        class Adds:
            def __set_name__(self, owner, name):
                setattr(owner, "test_" + name, lambda self: None)
        class TestA:
            made = Adds()
            def test_b(self): ...
        """,
    ),
    single(
        "names that a ward would give",
        """
        import sys
        def case(description):
            def keep(function):
                name = "test_" + description.replace(" ", "_")
                function.__globals__[name] = function
                return function
            return keep
        @case("one greets")
        def _(): ...
        @case("two leaves")
        def _(): ...
        """,
    ),
    single(
        "names in the style of nose",
        """
        def setup_module(): ...
        def it_should_greet(): ...
        class ListShould:
            def setup_method(self): ...
            def append_should_grow(self): ...
            def pop_should_shrink(self): ...
        """,
        more={
            "setup.cfg": "[tool:pytest]\npython_functions =\n    *should*\npython_classes =\n"
            "    Test\n    *Should\n"
        },
        cut="    def pop_should_shrink(self): ...\n",
    ),
)
