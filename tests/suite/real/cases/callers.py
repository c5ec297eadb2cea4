"""Tests that a function makes in the module that calls it, whichever way the call is written."""

from __future__ import annotations

from tests.suite.real.project import single

_MODULE_GLOBALS = "def fill(space):\n    space['test_made'] = lambda: None\n"

PROJECTS = (
    single(
        "a helper that looks at its caller",
        "from helper import make_tests\nmake_tests()\ndef test_b(): ...\n",
        more={
            "tests/unit/helper.py": """
                import inspect
                def make_tests():
                    inspect.stack()[1].frame.f_globals["test_made"] = lambda: None
                """
        },
    ),
    single(
        "a helper given the name",
        "from helper import make_tests\nmake_tests(__name__)\ndef test_b(): ...\n",
        more={
            "tests/unit/helper.py": """
                import sys
                def make_tests(name):
                    sys.modules[name].test_made = lambda: None
                """
        },
    ),
    single(
        "a helper given globals",
        "import helper\nhelper.fill(globals())\ndef test_b(): ...\n",
        more={"tests/unit/helper.py": _MODULE_GLOBALS},
    ),
    single(
        "a helper in an assignment",
        "import helper\nCASES = helper.fill(globals())\ndef test_b(): ...\n",
        more={"tests/unit/helper.py": _MODULE_GLOBALS},
    ),
    single(
        "a helper in a default",
        "import helper\ndef test_b(ready=helper.fill(globals())): ...\n",
        more={"tests/unit/helper.py": _MODULE_GLOBALS},
    ),
    single(
        "a helper in a mark",
        "import helper\nimport pytest\n"
        "@pytest.mark.skipif(bool(helper.fill(globals())), reason='')\ndef test_b(): ...\n",
        more={"tests/unit/helper.py": _MODULE_GLOBALS},
    ),
    single(
        "a helper in an annotation",
        "import helper\ncount: helper.fill(globals()) = 1\ndef test_b(): ...\n",
        more={"tests/unit/helper.py": _MODULE_GLOBALS},
    ),
    single(
        "a helper by an operator",
        """
        from helper import registry
        registry << globals()
        def test_b(): ...
        """,
        more={
            "tests/unit/helper.py": """
                class Registry:
                    def __lshift__(self, space):
                        space["test_made"] = lambda: None
                registry = Registry()
                """
        },
    ),
    single(
        "a helper by with",
        "from helper import made\nwith made():\n    pass\ndef test_b(): ...\n",
        more={
            "tests/unit/helper.py": """
                import contextlib, sys
                @contextlib.contextmanager
                def made():
                    sys.modules["test_it"].test_made = lambda: None
                    yield
                """
        },
    ),
    single(
        "an import that changes its importer",
        "import meddler\ndef test_b(): ...\n",
        more={"tests/unit/meddler.py": "import sys\nsys.modules['test_it'].test_made = lambda: None\n"},
    ),
    single(
        "global in a function",
        """
        def install():
            global test_made
            def test_made(): ...
        install()
        def test_b(): ...
        """,
    ),
    single(
        "a local helper that registers",
        """
        import sys
        def register(function):
            setattr(sys.modules[function.__module__], "test_" + function.__name__, function)
            return function
        @register
        def made(): ...
        def test_b(): ...
        """,
    ),
    single(
        "a list that a decorator fills",
        """
        CHECKS = {}
        def check(function):
            CHECKS["test_" + function.__name__] = function
            return function
        @check
        def made(): ...
        globals().update(CHECKS)
        """,
    ),
    single(
        "a decorator that renames",
        """
        def named(name):
            def change(function):
                function.__name__ = name
                return function
            return change
        class TestA:
            @named("test_other")
            def test_b(self): ...
        """,
    ),
)
