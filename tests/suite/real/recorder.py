"""A pytest plugin that writes down which tests ran and passed, as a recorder names them, and where they lie.

It is copied beside the pytest of a project and stands alone. Workers of xdist write to the same file.
"""

# mypy: ignore-errors

import json
import os

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Append one line for each test whose call passed: its node id at that moment, and its file."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.passed:
        path = str(getattr(item, "path", None) or item.fspath)
        line = json.dumps([item.nodeid, path]) + "\n"
        with open(os.environ["PROJECT_NODE_IDS"], "a", encoding="ascii") as file:
            file.write(line)
