"""Odd source files: encodings, line ends, names that Python changes, odd names of files."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project, single

_CUT = "def test_b(): ...\n"
_BY_PATH = "[pytest]\naddopts = --import-mode=importlib\n"

PROJECTS = (
    single(
        "latin-1",
        "# -*- coding: latin-1 -*-\ndef test_\xe9t\xe9(): ...\ndef test_b(): ...\n".encode("latin-1"),
        cut=_CUT,
    ),
    single(
        "latin-1 under another name",
        "# vim: set fileencoding=iso8859-15 :\ndef test_\xe9(): ...\n".encode("latin-1"),
    ),
    single("a mark of byte order", b"\xef\xbb\xbfdef test_a(): ...\ndef test_b(): ...\n", cut=_CUT),
    single(
        "carriage returns",
        b"def test_a(): ...\r\ndef test_b():\r\n    pass\r\n",
        cut="def test_b():\r\n    pass\r\n",
    ),
    single("old carriage returns", b"def test_a():\r    pass\rdef test_b():\r    pass\r"),
    single(
        "form feeds",
        b"def test_a(): ...\n\x0c\ndef test_b(): ...\n\x0cclass TestC:\n    def test_c(self): ...\n",
        cut=_CUT,
    ),
    single(
        "continued lines",
        "def \\\n  test_a(): ...\nif 1: test_b = \\\n  test_a\ndef test_c(): ...\n",
        cut="def test_c(): ...\n",
        by_source=False,
    ),
    single(
        "names that Python normalizes",
        "def test_\ufb01nd(): ...\ndef test_\u2102(): ...\ndef test_b(): ...\n",
        cut=_CUT,
    ),
    single(
        "a class that Python normalizes",
        "class Test\uff21:\n    def test_\u212b(self): ...\n    def test_b(self): ...\n",
        cut="    def test_b(self): ...\n",
    ),
    single(
        "names in other scripts",
        "def test_日本語(): ...\nclass TestÑandú:\n    def test_ß(self): ...\ndef test_b(): ...\n",
        cut=_CUT,
    ),
    single(
        "an emoji in parameters",
        "import pytest\n@pytest.mark.parametrize('x', ['\U0001f600', '\\n', '\\x00', "
        "b'\\xff', 'a/b\\\\c', 'tab\\t'])\ndef test_a(x): ...\n",
    ),
    single(
        "private names",
        "class TestA:\n    def test__a(self): ...\n    def __test_hidden(self): ...\n"
        "    test_b = __test_hidden\n    def test_c(self): ...\n",
        cut="    def test_c(self): ...\n",
    ),
    single(
        "a name that is mangled",
        "class TestA:\n    def __check(self): ...\n    def test_b(self): ...\n",
        more={"pytest.ini": "[pytest]\npython_functions = _TestA test_\n"},
    ),
    single(
        "type parameters of newer Python",
        "import sys\ndef test_a(): ...\nx = lambda a, /, *, b: (a, b)\ndef test_b(): ...\n",
        cut=_CUT,
    ),
    single(
        "deleted and defined again",
        "def test_a(): ...\ndel test_a\ndef test_a(): ...\n"
        "def test_z(): ...\ndel test_z\ndef test_b(): ...\n",
        cut=_CUT,
        by_source=False,
    ),
    single(
        "strings that look like tests",
        "TEXT = '''\ndef test_a(): ...\n'''\ndef test_b(): ...\ndef test_c(): ...\n",
        cut="def test_c(): ...\n",
    ),
    single("a deep expression", "TOTAL = " + "+".join("1" for _ in range(300)) + "\ndef test_a(): ...\n"),
    single(
        "an empty class body by dots",
        "class TestA: ...\nclass TestB:\n    def test_b(self): ...\n    def test_c(self): ...\n",
        cut="    def test_c(self): ...\n",
    ),
    Project(
        "tests in an __init__ file",
        {
            "pytest.ini": "[pytest]\npython_files = __init__.py test_*.py\n",
            "tests/unit/__init__.py": "def test_a(): ...\ndef test_b(): ...\n",
            FILE: "def test_c(): ...\n",
        },
        {"tests/unit/__init__.py": _CUT},
    ),
    Project(
        "tests in conftest",
        {
            "pytest.ini": "[pytest]\npython_files = conftest.py test_*.py\n",
            "tests/unit/conftest.py": "def test_a(): ...\ndef test_b(): ...\n",
            FILE: "def test_c(): ...\n",
        },
        {"tests/unit/conftest.py": _CUT},
    ),
    Project(
        "files that differ in case",
        {
            "pytest.ini": _BY_PATH,
            "tests/unit/test_It.py": "def test_a(): ...\n",
            FILE: "def test_b(): ...\ndef test_c(): ...\n",
        },
        {FILE: "def test_c(): ...\n"},
    ),
    Project(
        "names of files with signs",
        {
            "pytest.ini": _BY_PATH,
            "tests/un it/test_a-b c.py": "def test_a(): ...\ndef test_b(): ...\n",
            "tests/[x]/test_y.z.py": "def test_a(): ...\n",
            "tests/日本/test_é.py": "def test_a(): ...\n",
        },
        {"tests/un it/test_a-b c.py": _CUT},
    ),
    Project(
        "a file name with colons",
        {
            "pytest.ini": _BY_PATH,
            "tests/a::b/test_c.py": "def test_a(): ...\n",
            "tests/unit/test_d::e.py": "def test_b(): ...\n",
        },
    ),
    Project(
        "a file with a bracket and at",
        {
            "pytest.ini": _BY_PATH,
            "tests/a@b/test_c@d.py": "def test_a(): ...\n",
            "tests/unit/test_d[e].py": "def test_b(): ...\n",
        },
    ),
    Project(
        "python that no newer parses",
        {
            FILE: """
                def test_a():
                    assert (1) is not None
                def test_b(): ...
                def test_c():
                    '\\d'
                """
        },
        {FILE: _CUT},
    ),
)
