"""The trace of one lead: its life in plain words, with the reason for every routing decision, under several plans."""
