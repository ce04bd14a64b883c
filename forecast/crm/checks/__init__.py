"""Checks of a history: each one looks for a trap that CRM data is known to hold, and says by which rule it found it."""

from forecast.crm.checks.deals import CHECKS as DEALS
from forecast.crm.checks.people import CHECKS as PEOPLE
from forecast.crm.checks.subject import Subject
from forecast.crm.checks.times import CHECKS as TIMES
from forecast.crm.findings import Finding

__all__ = ["Subject", "check"]


def check(subject: Subject) -> list[Finding]:
    """Return what the checks found."""
    return [finding for look in (*DEALS, *TIMES, *PEOPLE) if (finding := look(subject)) is not None and finding.count]
