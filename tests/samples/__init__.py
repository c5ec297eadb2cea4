"""The content of the sample recordings: one module a suite, `builder` for hashes, names and documents."""
