"""The library of runs: what was asked so far, what was remarked on it, what was decided, and how that came out."""
