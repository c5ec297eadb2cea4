"""Edits of files: planned, applied with the old bytes kept in a journal, undone; normalize and prune."""
