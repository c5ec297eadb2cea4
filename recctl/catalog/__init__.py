"""The recordings of a project: finding, listing, selecting and referencing them; the index."""
