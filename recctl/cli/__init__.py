"""The command line: the Typer app, shared options, completion."""
