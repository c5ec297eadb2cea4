"""The provider-neutral request: messages, tools, media."""
