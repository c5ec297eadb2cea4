"""One file a provider's wire format: its chunks as deltas."""
