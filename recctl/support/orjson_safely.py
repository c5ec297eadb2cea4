"""orjson, imported with SIGINT blocked: Ctrl-C during its import would crash the process."""

from __future__ import annotations

import signal

_heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    import orjson
finally:
    signal.pthread_sigmask(signal.SIG_SETMASK, _heard)

__all__ = ["orjson"]
