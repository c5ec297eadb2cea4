"""What differs: requests, answers, two states of a repository."""
