"""How things look: on a terminal, in a pipe, as JSON. Nothing below this layer prints."""
