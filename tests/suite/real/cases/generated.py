"""Names that a module comes to while it is imported, without a definition of that name."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

PROJECTS = (
    single("globals", "globals()['test_made'] = lambda: None\ndef test_b(): ...\n"),
    single("globals update", "globals().update(test_made=lambda: None)\ndef test_b(): ...\n"),
    single(
        "globals in a loop",
        """
        def make(number):
            def check():
                assert number
            return check
        for number in (1, 2, 3):
            globals()[f"test_{number}"] = make(number)
        """,
    ),
    single("globals aliased", "g = globals\ng()['test_made'] = lambda: None\ndef test_b(): ...\n"),
    single(
        "globals through builtins",
        "import builtins as b\ngetattr(b, 'glo' + 'bals')()['test_made'] = lambda: None\n",
    ),
    single(
        "globals of a function",
        """
        def test_b(): ...
        test_b.__globals__["test_made"] = lambda: None
        """,
    ),
    single("vars", "vars()['test_made'] = lambda: None\ndef test_b(): ...\n"),
    single(
        "vars of the module",
        "import sys\nvars(sys.modules[__name__])['test_made'] = lambda: None\ndef test_b(): ...\n",
    ),
    single("locals", "locals()['test_made'] = lambda: None\ndef test_b(): ...\n"),
    single("locals in a loop", "for name in ('a', 'b'):\n    locals()['test_' + name] = lambda: None\n"),
    single(
        "setattr on the module",
        "import sys\nsetattr(sys.modules[__name__], 'test_made', lambda: None)\ndef test_b(): ...\n",
    ),
    single(
        "setattr aliased",
        """
        from operator import setitem as put
        import sys
        this = sys.modules[__name__]
        put(this.__dict__, "test_made", lambda: None)
        def test_b(): ...
        """,
    ),
    single(
        "an attribute of the module",
        "from sys import modules\nmodules[__name__].test_made = lambda: None\ndef test_b(): ...\n",
    ),
    single(
        "the module imports itself",
        "import importlib\nimportlib.import_module(__name__).test_made = lambda: None\ndef test_b(): ...\n",
    ),
    single(
        "the module imports itself by name",
        "import test_it as me\nme.__dict__.update(test_made=lambda: None)\ndef test_b(): ...\n",
    ),
    single("exec", "exec('def test_made(): ...')\ndef test_b(): ...\n"),
    single("exec aliased", "run = exec\nrun('def test_made(): ...')\ndef test_b(): ...\n"),
    single("eval", "eval('globals().update(test_made=lambda: None)')\ndef test_b(): ...\n"),
    single(
        "exec of a compiled file",
        "from pathlib import Path\n"
        "exec(compile(Path(__file__).with_name('more.txt').read_text(), 'more', 'exec'))\n",
        more={"tests/unit/more.txt": "def test_made(): ...\n"},
    ),
    single(
        "a code object run by a function type",
        """
        import types
        code = compile("global test_made\\ndef test_made(): ...", "x", "exec")
        types.FunctionType(code, globals())()
        def test_b(): ...
        """,
    ),
    single(
        "frames",
        "import sys\nsys._getframe().f_globals['test_made'] = lambda: None\ndef test_b(): ...\n",
    ),
    single(
        "frames by inspect",
        "from inspect import currentframe as here\nhere().f_locals['test_made'] = lambda: None\n",
    ),
    single(
        "the function that a loop leaves",
        "for test_made in (lambda: None,):\n    pass\ndef test_b(): ...\n",
    ),
    single("a walrus", "if (test_made := lambda: None):\n    pass\ndef test_b(): ...\n"),
    single(
        "a walrus in a comprehension",
        "NAMES = [test_made := (lambda: None) for _ in (1,)]\ndef test_b(): ...\n",
    ),
    single(
        "match binds",
        """
        import sys
        match {"check": lambda: None}:
            case {"check": test_made}:
                pass
        match [lambda: None, 1]:
            case [*_, 1] as rest if rest:
                test_rest = rest[0]
        match lambda: None:
            case test_whole:
                pass
        """,
    ),
    single(
        "match binds the rest and the stars",
        """
        def check(): ...
        match (check,):
            case (test_made,) | [test_made]:
                pass
        match check:
            case object() as test_other:
                pass
        """,
    ),
    single(
        "with and except bind",
        """
        import contextlib
        with contextlib.nullcontext(lambda: None) as test_made:
            pass
        with contextlib.nullcontext((lambda: None, 1)) as (test_other, number):
            pass
        """,
    ),
    Project(
        "test made by a class with call",
        {
            FILE: """
                class Check:
                    def test_it(self): ...
                    def __call__(self): ...
                TestA = type(Check())
                test_lambda = lambda: None
                """
        },
    ),
    single(
        "partial",
        """
        import functools
        def check(number): assert number
        test_made = functools.partial(check, 1)
        test_other = functools.partial(check, number=2)
        def test_b(): ...
        def test_c(): ...
        """,
        cut="def test_c(): ...\n",
    ),
    single(
        "an alias of a test",
        "def test_a(): ...\ntest_b = test_a\ntest_c: object = test_a\n",
        cut="test_b = test_a\n",
    ),
    single(
        "conditions",
        """
        import sys
        if sys.version_info >= (3, 8):
            def test_a(): ...
        else:
            def test_z(): ...
        try:
            import no_such_module_anywhere
        except ImportError:
            def test_b(): ...
        match sys.platform:
            case "nowhere":
                def test_y(): ...
            case _:
                def test_c(): ...
        while True:
            def test_d(): ...
            break
        def test_e(): ...
        """,
        cut="def test_e(): ...\n",
        by_source=False,
    ),
)
