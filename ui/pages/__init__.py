"""Pages: each reads from top to bottom as it appears on screen."""
