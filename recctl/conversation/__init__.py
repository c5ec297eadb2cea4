"""The provider-neutral form of a call: its request, and the answer assembled from its chunks."""
