"""The hiring plan: hours that a team has against hours that its deals ask for, and when to open positions."""
