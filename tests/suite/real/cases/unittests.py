"""Tests of unittest: its own protocol, mixins, and cases made in a loop."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

PROJECTS = (
    single(
        "unittest",
        """
        import unittest
        class Case(unittest.TestCase):
            def setUp(self):
                self.number = 1
            def test_a(self):
                for number in range(3):
                    with self.subTest(number=number):
                        self.assertGreaterEqual(number, 0)
            def test_b(self): ...
            def helper(self): ...
        """,
        cut="    def test_b(self): ...\n",
        by_source=False,
    ),
    single(
        "unittest async",
        """
        from unittest import IsolatedAsyncioTestCase
        class AsyncThings(IsolatedAsyncioTestCase):
            async def test_a(self): ...
            async def test_b(self): ...
        """,
        cut="    async def test_b(self): ...\n",
        by_source=False,
    ),
    single(
        "unittest runTest",
        """
        import unittest
        class Whole(unittest.TestCase):
            def runTest(self): ...
        """,
    ),
    single(
        "unittest load_tests",
        """
        import unittest
        class Things(unittest.TestCase):
            def test_a(self): ...
            def test_b(self): ...
        def load_tests(loader, tests, pattern):
            return tests
        """,
    ),
    Project(
        "unittest mixins from another module",
        {
            "tests/unit/mixins.py": "class Mixin:\n    def test_a(self): ...\n",
            FILE: """
                import unittest
                from mixins import Mixin
                class Things(Mixin, unittest.TestCase):
                    def test_b(self): ...
                """,
        },
    ),
    Project(
        "unittest cases imported",
        {
            "tests/unit/base.py": """
                import unittest
                class Base(unittest.TestCase):
                    def test_a(self): ...
                """,
            FILE: "from base import Base as AnyName\nclass Other(AnyName):\n    def test_b(self): ...\n",
        },
    ),
    single(
        "unittest cases set in a loop",
        """
        import unittest
        class Things(unittest.TestCase):
            def check(self, number): ...
        for number in (1, 2):
            setattr(Things, f"test_{number}", lambda self, number=number: self.check(number))
        """,
    ),
    single(
        "unittest cases set by a helper",
        """
        import unittest
        from helper import add_cases
        class Things(unittest.TestCase):
            def test_plain(self): ...
        add_cases(Things)
        """,
        more={"tests/unit/helper.py": "def add_cases(cls):\n    cls.test_made = lambda self: None\n"},
    ),
    single(
        "unittest under another name",
        """
        import unittest as ut
        Case = ut.TestCase
        class Things(Case):
            def test_a(self): ...
            def test_b(self): ...
        """,
        cut="    def test_b(self): ...\n",
        by_source=False,
    ),
    single(
        "unittest case removed",
        """
        import unittest
        class Kept(unittest.TestCase):
            def test_a(self): ...
        class Removed(unittest.TestCase):
            def test_b(self): ...
        """,
        cut="class Removed(unittest.TestCase):\n    def test_b(self): ...\n",
        by_source=False,
    ),
    single(
        "unittest cases of a base that is not run itself",
        """
        import unittest
        class Hidden:
            class Base(unittest.TestCase):
                def test_a(self): ...
        class Things(Hidden.Base):
            def test_b(self): ...
        del Hidden
        """,
    ),
)
