"""Parts that pages are put together from; each shows something and returns what was chosen."""
