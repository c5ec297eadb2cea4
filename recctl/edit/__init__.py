"""Changes to files: planned, applied with the old bytes kept in the journal, undone; normalize and prune."""
