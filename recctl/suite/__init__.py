"""Which tests a project has: by its source, by pytest's collection or by a list. Liveness of recordings."""
