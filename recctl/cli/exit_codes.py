"""The exit codes of every command."""

from __future__ import annotations

SUCCESS = 0
FINDINGS = 1  # findings, differences, changes due or made
ERROR = 2  # wrong usage, unreadable input, a refusal, or a bug
INTERRUPTED = 130  # by Ctrl-C, as shells report it
