"""Which tests exist: listed in a file, collected by pytest, or read from the source."""
