"""Tests of what changes recordings: where values lie, normalize, the journal, undo, and faults."""
