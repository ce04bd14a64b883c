"""The app as a person meets it: served on loopback, opened in a real browser."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from studies.companies import keep_company
from studies.config import read_scenarios
from studies.mapping_assistant import mapping_text
from studies.uploads import read_upload
from tests.studies.small_company import write_company

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds a slow machine may take to start the server, or to know a company."""


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


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser") / "runs"


@pytest.fixture(scope="module")
def url(runs: Path) -> Iterator[str]:
    port = free_port()
    options = [f"--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false"]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", ROOT / "app.py", "--server.address=127.0.0.1", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HEADRACE_RUNS": str(runs), "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(runs: Path) -> str:
    """The key of a small company that was uploaded."""
    runs.parent.mkdir(exist_ok=True)
    write_company(runs.parent)
    sheet = read_upload("history.csv", (runs.parent / "history.csv").read_bytes())
    return keep_company("Small company", [sheet], mapping_text("generic-stage-history"), date(2025, 5, 1), runs)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on PATH")
    with sync_playwright() as driver:
        # No sandbox: CI runs as root in a container, where Chromium's own can't start.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE * 1000)
    expect.set_options(timeout=PATIENCE * 1000)
    yield context.new_page()
    context.close()


def complaints(page: Page) -> list[str]:
    """Return a list that grows by every error and warning of the page's own scripts."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append(f"{message.type}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def link(url: str, **view: object) -> str:
    return f"{url}/?view={urllib.parse.quote(json.dumps(view))}"


def page_link(url: str, name: str, **view: object) -> str:
    return link(url, **view).replace("/?", f"/{name}?")


def go_to(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()


def test_a_first_visit_needs_no_internet_and_offers_two_ways_in(url: str, page: Page) -> None:
    asked: list[str] = []
    heard = complaints(page)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    expect(page.get_by_role("button", name="Open the example")).to_be_visible()
    expect(page.get_by_text("Bring your own export")).to_be_visible()
    elsewhere = [address for address in asked if not address.startswith((url, "data:", "blob:"))]
    assert elsewhere == [], "the app must work on a machine without internet"
    assert heard == []


def test_the_language_changes_every_page_and_stands_in_the_address(url: str, page: Page) -> None:
    page.goto(url)
    page.get_by_text("中文", exact=True).click()
    expect(page.get_by_role("button", name="打开示例")).to_be_visible()
    assert "zh" in urllib.parse.unquote(page.url)
    page.reload()
    expect(page.get_by_role("button", name="打开示例")).to_be_visible()


def test_from_an_upload_to_a_kept_answer(
    url: str, page: Page, real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    """The whole way with a public CRM export: upload, map, quality, forecast, routing, what if, report."""
    export = real_data("maven_crm")
    heard = complaints(page)
    page.goto(url)
    files = [export / f"{name}.csv" for name in ("sales_pipeline", "accounts", "products", "sales_teams")]
    page.locator('input[type="file"]').set_input_files(files)
    expect(page.get_by_text("What do these columns mean?")).to_be_visible()
    fitting = "maven-crm (100% of its columns are here)"
    expect(page.get_by_role("combobox", name="Kind of export")).to_have_value(fitting)
    page.get_by_role("button", name="Use this data").click()
    expect(page.get_by_text("Rows used")).to_be_visible()
    go_to(page, "Forecast")
    expect(page.get_by_text("is the middle of what may come")).to_be_visible()
    go_to(page, "Routing")
    expect(page.get_by_text("all 40 futures played")).to_be_visible()
    go_to(page, "What if")
    page.get_by_role("slider").first.press("ArrowRight")
    expect(page.get_by_text("all 40 futures played")).to_be_visible()
    page.get_by_role("button", name="Keep this answer").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    download.value.save_as(tmp_path / "report.html")
    assert "Bookings by plan" in (tmp_path / "report.html").read_text("utf-8")
    page.get_by_role("radio", name="XLSX").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the pack").click()
    download.value.save_as(tmp_path / "board.xlsx")
    assert (tmp_path / "board.xlsx").read_bytes().startswith(b"PK")
    go_to(page, "Runs")
    expect(page.get_by_text("found, as a table")).to_be_visible()
    assert heard == []


def test_a_plan_leaves_as_a_scenario_file_and_comes_back_as_it_was(
    url: str, company: str, page: Page, tmp_path: Path
) -> None:
    heard = complaints(page)
    plan = {"name": "north", "policy": "by-region:least-open", "leads": 1.2}
    page.goto(link(url, company=company, futures=8, target=300_000, plans=[plan]))
    go_to(page, "What if")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as scenario file").click()
    file = tmp_path / "plans.yaml"
    download.value.save_as(file)
    told = read_scenarios(file)
    assert ([each.name for each in told.plans], told.target) == (["north"], 300_000)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("north", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Upload a scenario file").click()
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_text("north", exact=True).first).to_be_visible()
    expect(page.get_by_text("all 8 futures played").first).to_be_visible()
    assert '"leads":1.2' in urllib.parse.unquote(page.url)
    assert heard == []


@pytest.mark.parametrize("page_name", ["funnel", "what-if"])
def test_a_page_that_is_opened_by_its_own_address_shows_and_has_nothing_to_complain_of(
    url: str, company: str, page: Page, page_name: str
) -> None:
    heard, missing = complaints(page), list[str]()
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.goto(page_link(url, page_name, company=company, futures=8))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    go_to(page, "Evidence")
    page.wait_for_url(f"{url}/evidence?*")
    page.reload()
    expect(page.get_by_role("heading", name="Where the numbers come from")).to_be_visible()
    assert (missing, heard) == ([], [])


def test_a_reload_finds_the_answer_again_and_so_does_a_second_browser(
    url: str, company: str, page: Page, chromium: Browser
) -> None:
    view = {"company": company, "futures": 8, "target": 300_000, "plan": {"policy": "random"}}
    page.goto(link(url, **view))
    go_to(page, "What if")
    expect(page.get_by_text("all 8 futures played")).to_be_visible()
    expect(page.get_by_test_id("stMetricValue")).to_have_count(3)
    said = page.get_by_test_id("stMetricValue").all_inner_texts()
    assert len(said) == 3
    page.reload()
    expect(page.get_by_test_id("stMetricValue")).to_have_text(said)
    other = chromium.new_context().new_page()
    other.goto(page.url)
    expect(other.get_by_test_id("stMetricValue")).to_have_text(said)
    other.context.close()


def test_ten_visitors_at_once_each_get_their_own_answer(url: str, company: str, chromium: Browser) -> None:
    contexts: list[BrowserContext] = [chromium.new_context() for _ in range(10)]
    pages = []
    for number, context in enumerate(contexts):
        visitor = context.new_page()
        plan = {"leads": 1 + (number + 1) / 20}
        visitor.goto(link(url, company=company, futures=8, target=300_000, plan=plan))
        pages.append(visitor)
    for visitor in pages:
        go_to(visitor, "What if")
    answers = []
    for visitor in pages:
        expect(visitor.get_by_text("all 8 futures played")).to_be_visible(timeout=PATIENCE * 1000)
        expect(visitor.get_by_test_id("stMetricValue")).to_have_count(3, timeout=PATIENCE * 1000)
        answers.append(tuple(visitor.get_by_test_id("stMetricValue").all_inner_texts()))
    for context in contexts:
        context.close()
    assert len(set(answers)) == 10


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen(url: str, company: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for name in ("", "funnel", "forecast", "routing", "what-if", "hiring", "runs", "evidence"):
        page.goto(page_link(url, name, company=company, futures=8))
        page.get_by_role("heading", level=1).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
