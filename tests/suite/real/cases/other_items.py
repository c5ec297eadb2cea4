"""Items that no Python definition names: doctests, documents, files of other kinds."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project

_YAML = """
    import pytest, yaml
    class Case(pytest.Item):
        def runtest(self): ...
    class Cases(pytest.File):
        def collect(self):
            for name in yaml.safe_load(self.path.open()):
                yield Case.from_parent(self, name=name)
    def pytest_collect_file(file_path, parent):
        if file_path.suffix == ".yaml" and file_path.name.startswith("test"):
            return Cases.from_parent(parent, path=file_path)
    """
_DOC = '"""\n>>> 1 + 1\n2\n"""\n'

PROJECTS = (
    Project(
        "doctest modules",
        {
            "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
            "tests/unit/test_it.py": _DOC + 'def test_a():\n    """\n    >>> 2\n    2\n    """\n'
            'class TestB:\n    """\n    >>> 3\n    3\n    """\n    def test_b(self): ...\n',
            "src/pkg/__init__.py": "",
            "src/pkg/core.py": 'def add():\n    """\n    >>> 1\n    1\n    """\n',
        },
    ),
    Project(
        "doctest modules on the command line",
        {"tests/unit/test_it.py": _DOC + "def test_a(): ...\n"},
        args=("--doctest-modules",),
    ),
    Project(
        "doctest files",
        {"docs/test_use.txt": ">>> 1 + 1\n2\n", FILE: "def test_a(): ...\n"},
    ),
    Project(
        "doctest of a glob",
        {
            "tox.ini": "[pytest]\naddopts = --doctest-glob=*.md\n",
            "README.md": "# Use\n\n>>> 1 + 1\n2\n",
            FILE: "def test_a(): ...\n",
        },
    ),
    Project(
        "sybil on documents",
        {
            "docs/conftest.py": """
                from sybil import Sybil
                from sybil.parsers.rest import DocTestParser, PythonCodeBlockParser
                pytest_collect_file = Sybil(
                    parsers=[DocTestParser(), PythonCodeBlockParser()], patterns=["*.rst"]
                ).pytest()
                """,
            "docs/use.rst": "Use\n===\n\n>>> 1 + 1\n2\n\n>>> 2\n2\n",
            FILE: "def test_a(): ...\n",
        },
    ),
    Project(
        "sybil on docstrings",
        {
            "conftest.py": """
                from sybil import Sybil
                from sybil.parsers.doctest import DocTestParser
                from sybil.document import PythonDocStringDocument
                pytest_collect_file = Sybil(
                    parsers=[DocTestParser()], patterns=["*.py"],
                    document_types={".py": PythonDocStringDocument},
                ).pytest()
                """,
            "tests/unit/test_it.py": _DOC + "def test_a(): ...\n",
        },
    ),
    Project(
        "items of YAML",
        {
            "conftest.py": _YAML,
            "tests/unit/test_cases.yaml": "[greets, 'test_a::b', 'c [d]']",
            FILE: "def test_a(): ...\n",
        },
    ),
    Project(
        "items of YAML beside recordings",
        {
            "tests/conftest.py": _YAML,
            "tests/unit/test.yaml": "[test_a]",
            "tests/unit/test_it.py": "def test_b(): ...\ndef test_c(): ...\n",
        },
        {FILE: "def test_c(): ...\n"},
        by_source=False,
    ),
    Project(
        "items of notebooks",
        {
            "conftest.py": """
                import json, pytest
                class Cell(pytest.Item):
                    def runtest(self): ...
                class Notebook(pytest.File):
                    def collect(self):
                        for number, cell in enumerate(json.loads(self.path.read_text())["cells"]):
                            yield Cell.from_parent(self, name=f"Cell {number}")
                def pytest_collect_file(file_path, parent):
                    if file_path.suffix == ".ipynb":
                        return Notebook.from_parent(parent, path=file_path)
                """,
            "notebooks/use.ipynb": '{"cells": [{}, {}]}',
            FILE: "def test_a(): ...\n",
        },
    ),
    Project(
        "items of a directory",
        {
            "conftest.py": """
                import pytest
                class Whole(pytest.Item):
                    def runtest(self): ...
                class Suite(pytest.Directory):
                    def collect(self):
                        yield Whole.from_parent(self, name="test_whole")
                def pytest_collect_directory(path, parent):
                    if path.name == "suite":
                        return Suite.from_parent(parent, path=path)
                """,
            "tests/suite/data.txt": "x",
            FILE: "def test_a(): ...\n",
        },
    ),
    Project(
        "items of a session",
        {
            "conftest.py": """
                import pytest
                class Extra(pytest.Item):
                    def runtest(self): ...
                def pytest_collection_modifyitems(session, items):
                    node_id = items[0].nodeid.replace("test_a", "test_extra")
                    extra = Extra.from_parent(session, name="extra", nodeid=node_id)
                    extra.path = items[0].path
                    items.append(extra)
                """,
            FILE: "def test_a(): ...\n",
        },
    ),
    Project(
        "items of a compiled module's description",
        {
            "conftest.py": """
                import pytest
                class Check(pytest.Item):
                    def runtest(self): ...
                class Pyx(pytest.File):
                    def collect(self):
                        yield Check.from_parent(self, name="test_fast")
                def pytest_collect_file(file_path, parent):
                    if file_path.suffix in (".pyx", ".pyi"):
                        return Pyx.from_parent(parent, path=file_path)
                """,
            "tests/unit/test_fast.pyx": "def test_fast(): pass\n",
            "tests/unit/test_it.pyi": "def test_a() -> None: ...\n",
            FILE: "def test_a(): ...\n",
        },
    ),
)
