"""The command line: the Typer app, shared options and arguments, shell completion, one file per command."""
