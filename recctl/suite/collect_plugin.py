"""A pytest plugin that writes down which tests a collection saw. Handed to the project's own pytest.

It is copied beside that pytest and must stand alone: any Python 3.8 or newer, any pytest since 6.
So it imports nothing of recctl, nor pytest for its types.
"""

# mypy: ignore-errors

import json
import os

_REPORT = "RECCTL_COLLECT_REPORT"


class _Collected:
    def __init__(self, root):
        self.root = root
        self.ids = []
        self.files = []
        self.errors = []

    def pytest_itemcollected(self, item):
        # Before -k, -m and --deselect take any away: those tests exist all the same.
        self.ids.append(item.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.errors.append(report.nodeid)
        elif report.passed and os.path.isfile(os.path.join(self.root, report.nodeid)):
            self.files.append(report.nodeid)

    def pytest_sessionfinish(self, session, exitstatus):
        config = session.config
        report = {
            "exit": int(exitstatus),
            # Again at the end: a hook may have renamed items, or made more.
            "ids": self.ids + [item.nodeid for item in getattr(session, "items", [])],
            "files": self.files,
            "errors": self.errors,
            "partial": [arg.split("::")[0] for arg in config.args if "::" in arg],
            "narrowed": _is_narrowed(config),
            "root": self.root,
        }
        with open(os.environ[_REPORT], "w", encoding="ascii") as file:
            json.dump(report, file)


def _is_narrowed(config):
    options = ("keyword", "markexpr", "ignore", "ignore_glob", "deselect", "lf", "last_failed", "pyargs")
    if any(getattr(config.option, name, None) for name in options):
        return True
    source = getattr(config, "args_source", None)
    if source is None:  # before pytest 7.2 it does not say where its paths come from
        return list(config.args) != [str(config.invocation_params.dir)]
    return source.name == "ARGS"


def pytest_configure(config):
    """Take part in the collection."""
    root = str(getattr(config, "rootpath", None) or config.rootdir)
    config.pluginmanager.register(_Collected(root), "recctl-collected")
