"""Recordings of llama-stack and OGX: file names, headers, hash rules, canonical JSON, the recorder itself."""
