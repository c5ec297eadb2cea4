"""The rules of `check`: each with its code, its text and its look at a recording."""
