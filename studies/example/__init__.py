"""Tarnbeck Software, an invented company: a funnel that is known to the last number, and the CRM export it would leave.

The export in ``data/`` was simulated from the funnel in `studies.example.company`, so whatever Headrace makes of the
export can be held against the truth.
"""
