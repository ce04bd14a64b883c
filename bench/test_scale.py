"""What a hundred times the leads and the reps cost: time for each row of the log, and memory."""

import json
import math
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bench.contest import SIZE
from bench.scale import Year
from sim.simulate import COMPILED, ENGINES

ROOT = Path(__file__).parents[1]
SMALL, LARGE = (10_000, 10), (1_000_000, 1_000)
"""Leads and reps."""


@cache
def year(leads: int, reps: int, engine: str) -> Year:
    """Simulate in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "bench.scale", str(SIZE * leads), str(reps), engine]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Year(**json.loads(done.stdout))


def show(capsys: pytest.CaptureFixture[str], engine: str, *years: Year) -> None:
    base = years[0].seconds / years[0].rows
    with capsys.disabled():
        print(f"\n\nA year, {engine} engine\n\n| leads | rows | CPU s | a row | peak memory |\n|--:|--:|--:|--:|--:|")
        for each in years:
            row, size = each.seconds / each.rows / base, each.peak / 2**20
            print(f"| {each.leads:,} | {each.rows:,} | {each.seconds:.2f} | × {row:.2f} | {size:,.0f} MiB |")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_year_of_a_small_company(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    small = year(*SMALL, engine)
    show(capsys, engine, small)
    assert abs(small.leads - SIZE * SMALL[0]) < 5 * math.sqrt(SIZE * SMALL[0])
    assert 10 * small.leads < small.rows < 30 * small.leads


def test_a_year_of_a_large_company(capsys: pytest.CaptureFixture[str]) -> None:
    small, large = year(*SMALL, COMPILED), year(*LARGE, COMPILED)
    show(capsys, COMPILED, small, large)
    assert abs(large.leads - SIZE * LARGE[0]) < 5 * math.sqrt(SIZE * LARGE[0])
    assert abs(large.rows / large.leads - small.rows / small.leads) < 0.05 * small.rows / small.leads
