"""Diagnosis: what keeps a funnel's bookings down, found by playing the same leads without one cause after the other."""
