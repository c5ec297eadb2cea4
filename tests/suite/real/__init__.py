"""Real pytest projects: their tests are run, their recordings written, and recctl is asked about them."""
