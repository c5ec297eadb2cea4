"""What every room uses: errors, JSON values, paths, configuration, git, processes, credentials."""
