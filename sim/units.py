"""Units in one place: time is counted in days, money in the account currency, probabilities in [0, 1]."""

DAY = 1.0
HOUR = DAY / 24
MINUTE = HOUR / 60
WEEK = 7 * DAY
YEAR = 365.25 * DAY
"""The mean year, used wherever a yearly rate becomes a daily one."""
