"""What a file of recordings is: its bytes parsed, its header, its summary."""
