"""Tests of `diff`: requests and answers compared, siblings, and states of git repositories."""
