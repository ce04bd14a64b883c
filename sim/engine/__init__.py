"""Two engines, one meaning: the same funnel as SimPy processes and as a compiled loop."""
