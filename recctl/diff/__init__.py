"""Compare requests, answers, and two states of a repository."""
