"""The neutral request: messages, tools, media."""
