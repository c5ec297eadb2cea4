"""The engine of `check`: what rules look at, the baseline, the rules."""
