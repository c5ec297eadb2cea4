"""Recordings of llama-stack and OGX: names, hash rules, ids, canonical bytes, and the recorder itself."""
