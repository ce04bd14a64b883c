"""The app as a person meets it: served on loopback, opened in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from studies import cli
from studies.store import Run, list_runs
from studies.wording import title_of
from tests.studies.small_company import write_company

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds a slow machine may take to start the server or draw a page."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no app at {url} after {PATIENCE:.0f} s; exit code {server.poll()}")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    options = [f"--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false"]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", ROOT / "app.py", "--server.address=127.0.0.1", *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A comparison of three plans, kept where the app looks."""
    monkeypatch.chdir(tmp_path)
    write_company(tmp_path)
    plans = ["--policies", "least-open", "--headcount", "sales:+1"]
    luck = ["--as-of", "2026-01-05", "--days", "12", "--replications", "4", "--workers", "1"]
    assert cli.run(["compare", "funnel.yaml", *plans, *luck]) == 0
    (kept,) = list_runs(tmp_path / "runs")
    return kept


@pytest.fixture
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on PATH")
    with sync_playwright() as driver:
        # No sandbox: CI runs as root in a container, where Chromium's own can't start.
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_a_first_visit_says_how_to_make_a_run(url: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    expect(page.get_by_role("heading", name="Runs")).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.get_by_text("headrace demo")).to_be_visible()
    elsewhere = [address for address in asked if not address.startswith((url, "data:", "blob:"))]
    assert elsewhere == [], "the app must work on a machine without internet"


def complaints(page: Page) -> list[str]:
    """Return a list that grows by every error and warning of the page's own scripts."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append(f"{message.type}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def test_a_run_is_drawn_with_its_answer_and_figures_without_complaint(url: str, run: Run, page: Page) -> None:
    heard = complaints(page)
    page.goto(url)
    expect(page.get_by_role("heading", name=run.manifest.answer)).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.get_by_role("combobox", name="Run")).to_have_value(f"{run.name}: {run.manifest.answer}")
    for title in ("What each plan changes in bookings", "How busy the teams are"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(5)
    for chart in charts.all():
        expect(chart.locator("canvas, svg").first).to_be_visible()
    assert heard == []


def test_another_figure_and_the_table_behind_it_can_be_asked_for(url: str, run: Run, page: Page) -> None:
    heard = complaints(page)
    page.goto(url)
    page.get_by_role("combobox", name="Figure").click(timeout=PATIENCE * 1000)
    page.get_by_role("option", name=title_of("wins"), exact=True).click()
    expect(page.get_by_role("heading", name="What each plan changes in wins")).to_be_visible()
    page.get_by_role("tab", name="Tables").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("tab", name="Origin").click()
    expect(page.get_by_text(f"Kept in runs/{run.name}")).to_be_visible()
    assert heard == []
