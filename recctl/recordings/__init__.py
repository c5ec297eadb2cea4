"""Recorded calls: their identity, the header of each, and the parsing of the files that hold them."""
