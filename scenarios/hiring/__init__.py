"""The hiring plan: hours that a team has against hours that its deals ask for, month by month, and when to open positions."""
