"""Says at the end of a run how many records were compared."""

import pytest

from tests.oracle.records import COMPARED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed = terminalreporter.stats.get("passed", [])
    counts = [count for report in passed for name, count in report.user_properties if name == COMPARED]
    if counts:
        terminalreporter.write_line(f"{sum(counts):,} {COMPARED} with Ciw, in {len(counts)} runs of networks")
