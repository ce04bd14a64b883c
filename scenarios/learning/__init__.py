"""Learning how to hand out leads: the weights of an index searched for on some luck, to be judged on other luck."""
