"""recctl makes recorded LLM API calls readable and manageable."""

__version__ = "0.1.0"
