"""Finding recordings: files, references, the index, scans, queries, the files of one test."""
