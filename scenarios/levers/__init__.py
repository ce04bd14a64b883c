"""Levers: each takes a funnel and gives back a changed one."""
