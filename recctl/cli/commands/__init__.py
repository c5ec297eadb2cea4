"""One file per command: options in, one domain call, a view, an exit code."""
