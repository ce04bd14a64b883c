"""Calibration.

From a history to the funnel that most likely produced it, by maximum likelihood and empirical estimates.
"""
