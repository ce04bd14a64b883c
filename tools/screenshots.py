"""Take screenshots of every page, in each language and at two widths, into docs/screenshots.

    python tools/screenshots.py [--url http://127.0.0.1:8501] [--dark] [--pages funnel,forecast]

Without an address it serves the app itself. Chromium must be on the PATH.
"""

import argparse
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "screenshots"
PAGES = ("start", "funnel", "forecast", "routing", "what-if", "hiring", "runs", "evidence")
LANGUAGES, WIDTHS = ("en", "zh"), (1280, 390)
PATIENCE = 420.0
"""Seconds that the first look at the example may take on a slow machine."""
TALLEST = 3200
BUSY = ", ".join(
    [
        *(f'[data-testid="{name}"]' for name in ("stProgress", "stSkeleton", "stAppSkeleton")),
        '[data-stale="true"]',
        '[data-test-script-state="running"]',
    ]
)
ASKED = {"funnel": "diagnosis", "hiring": "hiring"}
"""Questions that take a while and are shown with their answers."""
PLAN = {"policy": "account-owner", "hires": [{"team": "account executives", "change": 2, "region": "Nordics"}]}


@contextmanager
def served() -> Iterator[str]:
    """Serve the app on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.headless=true"]
    server = subprocess.Popen(  # noqa: S603 - its own app
        [*command, f"--server.port={port}"], cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def wait_for(url: str) -> None:
    """Wait until the app answers."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"no app at {url}")


def shoot(page: Page, url: str, name: str, language: str, width: int, suffix: str) -> int:
    """Take one screenshot and return its size in bytes."""
    view = {"company": "example", "target": 2_500_000, "language": language}
    if name == "what-if":
        view["plan"] = PLAN
    if name in ASKED:
        view["asked"] = [ASKED[name]]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{url}/{'' if name == 'start' else name}?view={urllib.parse.quote(json.dumps(view))}")
    page.get_by_role("heading", level=1).first.wait_for(timeout=PATIENCE * 1000)
    settle(page)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(TALLEST, max(900, height))})
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128)
    path = TARGET / f"{name}-{language}-{width}{suffix}.png"
    picture.save(path, optimize=True)
    return path.stat().st_size


def settle(page: Page) -> None:
    """Wait until nothing on the page is busy, and for a moment nothing becomes so."""
    quiet, deadline = 0, time.monotonic() + PATIENCE
    while quiet < 6 and time.monotonic() < deadline:
        quiet = 0 if page.locator(BUSY).count() else quiet + 1
        time.sleep(0.4)


def main() -> None:
    """Take them all and say how large they are."""
    told = argparse.ArgumentParser()
    told.add_argument("--url", default="")
    told.add_argument("--dark", action="store_true")
    told.add_argument("--pages", default=",".join(PAGES))
    told.add_argument("--languages", default=",".join(LANGUAGES))
    asked = told.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    suffix = "-dark" if asked.dark else ""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(color_scheme="dark" if asked.dark else "light")
        with served() if not asked.url else _there(asked.url) as url:
            for language in asked.languages.split(","):
                for name in asked.pages.split(","):
                    for width in WIDTHS:
                        size = shoot(page, url, name, language, width, suffix)
                        print(f"{name} {language} {width}: {size / 1000:,.0f} kB", flush=True)
        chromium.close()


@contextmanager
def _there(url: str) -> Iterator[str]:
    yield url


if __name__ == "__main__":
    main()
