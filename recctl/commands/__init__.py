"""One file a command: options in, one domain call, rendering, exit code."""
