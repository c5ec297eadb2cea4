"""One file a command: options in, one domain call, a view, an exit code."""
