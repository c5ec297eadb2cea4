"""Tests of prune: which tests exist, by list, by collection, by source; and what is removed."""
