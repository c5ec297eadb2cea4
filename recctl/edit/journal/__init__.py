"""The journal: one directory a run with the old bytes, kept until the change is long past."""
