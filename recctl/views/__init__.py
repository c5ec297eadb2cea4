"""How results look: text, JSON, GitHub. The only package that prints."""
