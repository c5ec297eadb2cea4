"""One file per wire format, which reads its chunks into deltas."""
