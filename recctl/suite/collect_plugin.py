"""A pytest plugin that writes the collected node ids to a file. It runs in the project's own pytest.

It is copied and must work alone, with Python 3.8 or newer and pytest 6 or newer. So it imports neither recctl
nor, for its types, pytest.
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
        # Before -k, -m and --deselect remove any: deselected tests exist.
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
            # Again at the end: a hook may have renamed items, or added some.
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
    if source is None:  # pytest < 7.2 does not say where its paths come from
        return list(config.args) != [str(config.invocation_params.dir)]
    return source.name == "ARGS"


def pytest_configure(config):
    """Register the plugin."""
    root = str(getattr(config, "rootpath", None) or config.rootdir)
    config.pluginmanager.register(_Collected(root), "recctl-collected")
