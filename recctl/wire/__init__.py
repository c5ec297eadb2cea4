"""The wire formats: chunks and bodies as providers send them, made one neutral transcript."""
