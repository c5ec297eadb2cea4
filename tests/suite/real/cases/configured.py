"""Projects whose settings say which files, classes and functions are tests, or when they are collected."""

from __future__ import annotations

from tests.suite.real.project import FILE, Project

_CHECKS = "def check_a(): ...\ndef check_b(): ...\nclass Verify:\n    def check_c(self): ...\n"
_CUT_CHECK = "def check_b(): ...\n"

PROJECTS = (
    Project(
        "names in pytest.ini",
        {
            "pytest.ini": "[pytest]\npython_files = check_*.py\npython_classes = Verify\n"
            "python_functions = check_*\n",
            "tests/unit/check_it.py": _CHECKS,
        },
        {"tests/unit/check_it.py": _CUT_CHECK},
    ),
    Project(
        "names in pyproject",
        {
            "pyproject.toml": """
                [tool.pytest.ini_options]
                python_files = ["*_checks.py"]
                python_classes = ["Ver*"]
                python_functions = ["check"]
                """,
            "tests/unit/it_checks.py": _CHECKS,
        },
        {"tests/unit/it_checks.py": _CUT_CHECK},
    ),
    Project(
        "names in setup.cfg",
        {
            "setup.cfg": "[tool:pytest]\npython_files = t_*.py\npython_functions = check\n"
            "python_classes = Verify\n",
            "tests/unit/t_it.py": _CHECKS,
        },
        {"tests/unit/t_it.py": _CUT_CHECK},
    ),
    Project(
        "names in tox.ini",
        {
            "tox.ini": "[tox]\nenvlist = py\n[pytest]\npython_files = it.py\npython_functions = *\n"
            "python_classes = V\n",
            "tests/unit/it.py": _CHECKS,
        },
        {"tests/unit/it.py": _CUT_CHECK},
    ),
    Project(
        "names in a hidden file",
        {
            ".pytest.ini": "[pytest]\npython_functions = check_*\n",
            "pyproject.toml": "[tool.pytest.ini_options]\npython_functions = ['test_*']\n",
            FILE: _CHECKS,
        },
        {FILE: _CUT_CHECK},
    ),
    Project(
        "names by addopts",
        {
            "pytest.ini": "[pytest]\naddopts = -o python_files=*.py -o 'python_functions=check_* test_*'\n",
            "tests/unit/anything.py": _CHECKS,
        },
        {"tests/unit/anything.py": _CUT_CHECK},
        versions=("9",),
        by_source=False,
    ),
    Project(
        "names on the command line",
        {FILE: "def check_a(): ...\ndef test_b(): ...\n"},
        args=("-o", "python_functions=check_* test_*"),
    ),
    Project(
        "another settings file on the command line",
        {
            "ci/nightly.ini": "[pytest]\npython_files = nightly_*.py\npython_functions = check_*\n",
            "tests/unit/nightly_it.py": _CHECKS,
        },
        args=("-c", "ci/nightly.ini", "--rootdir", "."),
    ),
    Project(
        "settings in the environment",
        {FILE: "def check_a(): ...\ndef test_b(): ...\n"},
        env={"PYTEST_ADDOPTS": "-o python_functions=check"},
    ),
    Project(
        "names changed by conftest",
        {
            "conftest.py": """
                def pytest_configure(config):
                    config.addinivalue_line("python_functions", "check_")
                """,
            FILE: "def check_a(): ...\ndef test_b(): ...\n",
        },
    ),
    Project(
        "a file outside of the pattern",
        {"tests/unit/scenario.py": "def test_a(): ...\ndef test_b(): ...\n", FILE: "def test_c(): ...\n"},
        {"tests/unit/scenario.py": "def test_b(): ...\n"},
        args=("tests/unit/scenario.py", "tests/unit/test_it.py"),
        by_source=False,
    ),
    Project(
        "collect_ignore",
        {
            "tests/unit/conftest.py": "collect_ignore = ['test_old.py']\ncollect_ignore_glob = ['*_o.py']\n",
            FILE: "def test_a(): ...\ndef test_b(): ...\n",
            "tests/unit/test_old.py": "raise RuntimeError('not for this Python')\n",
        },
        {FILE: "def test_b(): ...\n"},
    ),
    Project(
        "ignored but when asked for",
        {
            "tests/unit/conftest.py": """
                import os
                collect_ignore = [] if os.environ.get("WITH_GPU") else ["test_it.py"]
                """,
            FILE: "def test_a(): ...\n",
            "tests/unit/test_other.py": "def test_b(): ...\n",
        },
        env={"WITH_GPU": "1"},
    ),
    Project(
        "deselected by addopts",
        {
            "pytest.ini": "[pytest]\naddopts = -m 'not gpu'\nmarkers = gpu: x\n",
            FILE: "import pytest\n@pytest.mark.gpu\ndef test_a(): ...\n"
            "def test_b(): ...\ndef test_c(): ...\n",
        },
        {FILE: "def test_c(): ...\n"},
        args=("-m", ""),
    ),
    Project(
        "a module skipped without a key",
        {
            FILE: """
                import os, pytest
                if not os.environ.get("OPENAI_API_KEY"):
                    pytest.skip("no key", allow_module_level=True)
                def test_a(): ...
                class TestB:
                    def test_b(self): ...
                """,
            "tests/unit/test_other.py": "def test_c(): ...\n",
        },
        env={"OPENAI_API_KEY": "x"},
    ),
    Project(
        "importorskip of what is not everywhere",
        {
            "site/rare.py": "",
            FILE: "import pytest\nimport os\n"
            "pytest.importorskip(os.environ.get('BACKEND', 'no_such_module'))\n"
            "def test_a(): ...\n",
            "tests/unit/test_other.py": "def test_c(): ...\n",
        },
        env={"BACKEND": "rare"},
    ),
    Project(
        "defined only with a key",
        {
            FILE: """
                import os
                if os.environ.get("OPENAI_API_KEY"):
                    def test_a(): ...
                    from helper import test_helped
                def test_b(): ...
                """,
            "tests/unit/helper.py": "def test_helped(): ...\n",
        },
        env={"OPENAI_API_KEY": "x"},
    ),
    Project(
        "parameters by an option",
        {
            "conftest.py": """
                def pytest_addoption(parser):
                    parser.addoption("--text-model", action="append", default=[])
                def pytest_generate_tests(metafunc):
                    if "model" in metafunc.fixturenames:
                        metafunc.parametrize("model", metafunc.config.getoption("--text-model"))
                """,
            FILE: "def test_a(model): ...\nclass TestB:\n    def test_b(self, model): ...\n"
            "def test_c(): ...\n",
        },
        args=("--text-model=a", "--text-model=b::c"),
    ),
    Project(
        "parameters by the environment",
        {
            FILE: """
                import os, pytest
                MODELS = os.environ.get("MODELS", "small").split(",")
                @pytest.mark.parametrize("model", MODELS)
                def test_a(model): ...
                """
        },
        env={"MODELS": "large,huge"},
    ),
    Project(
        "quiet by addopts",
        {
            "pytest.ini": "[pytest]\naddopts = -q\n",
            FILE: "def test_a(): ...\nclass TestB:\n    def test_b(self): ...\n    def test_c(self): ...\n",
        },
        {FILE: "    def test_c(self): ...\n"},
    ),
    Project(
        "verbose by addopts",
        {
            "pytest.ini": "[pytest]\naddopts = -vv\n",
            FILE: "def test_a(): ...\nclass TestB:\n    def test_b(self): ...\n",
        },
    ),
    Project(
        "warnings while collecting",
        {
            FILE: """
                import warnings
                warnings.warn("old::name tests/unit/test_it.py::test_z")
                class TestWithInit:
                    def __init__(self): ...
                    def test_never(self): ...
                def test_a(): ...
                def test_b(): ...
                """
        },
        {FILE: "def test_b(): ...\n"},
        by_source=False,
    ),
    Project(
        "testpaths",
        {
            "pytest.ini": "[pytest]\ntestpaths = tests/unit\n",
            FILE: "def test_a(): ...\ndef test_b(): ...\n",
            "extra/test_more.py": "def test_c(): ...\n",
        },
        {FILE: "def test_b(): ...\n"},
        args=("tests/unit", "extra"),
    ),
    Project(
        "settings of pytest 9",
        {
            "pytest.toml": '[pytest]\npython_functions = ["check_*"]\npython_files = ["it.py"]\n'
            'python_classes = ["Verify"]\n',
            "tests/unit/it.py": _CHECKS,
        },
        {"tests/unit/it.py": _CUT_CHECK},
        versions=("9",),
    ),
    Project(
        "native settings of pytest 9 in pyproject",
        {
            "pyproject.toml": '[tool.pytest]\npython_functions = ["check_*"]\npython_classes = ["Verify"]\n',
            FILE: _CHECKS,
        },
        {FILE: _CUT_CHECK},
        versions=("9",),
    ),
    Project(
        "an empty pytest.ini before pyproject",
        {
            "pytest.ini": "",
            "pyproject.toml": "[tool.pytest.ini_options]\npython_functions = ['check_*']\n",
            FILE: "def test_a(): ...\ndef test_b(): ...\n",
        },
        {FILE: "def test_b(): ...\n"},
    ),
    Project(
        "ignored by addopts",
        {
            "pytest.ini": "[pytest]\naddopts = --ignore=tests/unit -k 'not slow'\n",
            FILE: "def test_a(): ...\ndef test_slow(): ...\ndef test_b(): ...\n",
            "tests/test_other.py": "def test_c(): ...\n",
        },
        {FILE: "def test_b(): ...\n"},
        args=("-o", "addopts="),
    ),
    Project(
        "a directory not recursed into",
        {
            "pytest.ini": "[pytest]\nnorecursedirs = live\n",
            "tests/suite/test_it.py": "def test_a(): ...\ndef test_b(): ...\n",
            "tests/test_other.py": "def test_c(): ...\n",
        },
        {"tests/suite/test_it.py": "def test_b(): ...\n"},
        args=("tests/test_other.py", "tests/suite/test_it.py"),
    ),
)
