"""Measure in a real browser how soon the app shows a first page, a first answer to a moved slider, and a sharp one.

    python tools/slider_latency.py [--moves 8]

It serves the app with the embedded example and prints medians in seconds. Chromium must be on the PATH.
"""

import argparse
import json
import shutil
import time
import urllib.parse
from statistics import median

from playwright.sync_api import Page, sync_playwright
from screenshots import PATIENCE, served, settle

ANSWER, SHARP = "This plan brings|First impression|Too close to call", "Refined: all"


def main() -> None:
    """Open the example, move the sliders, and print the medians."""
    told = argparse.ArgumentParser()
    told.add_argument("--moves", type=int, default=8)
    moves = told.parse_args().moves
    with served() as url, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE * 1000)
        pages = [first_page(page, url) for _ in range(3)]
        view = {"company": "example", "target": 2_500_000}
        page.goto(f"{url}/what-if?view={urllib.parse.quote(json.dumps(view))}")
        page.get_by_role("slider").first.wait_for()
        settle(page)
        firsts, sharps = zip(*(moved(page, number) for number in range(moves)), strict=True)
        print(f"first page: {median(pages):.2f} s")
        print(f"first answer: median {median(firsts):.2f} s, worst {max(firsts):.2f} s")
        print(f"refined answer: median {median(sharps):.2f} s, worst {max(sharps):.2f} s, of {moves} moves")
        chromium.close()


def first_page(page: Page, url: str) -> float:
    """Return the seconds until a first visit shows what to do."""
    start = time.monotonic()
    page.goto(url)
    page.get_by_role("button", name="Open the example").wait_for()
    return time.monotonic() - start


def moved(page: Page, number: int) -> tuple[float, float]:
    """Move a slider to where it hasn't been; return the seconds until a first and until a refined answer."""
    before = page.url
    slider = page.get_by_role("slider").nth(number % 2)
    start = time.monotonic()
    slider.press("ArrowRight")
    page.wait_for_function("before => location.href !== before", arg=before)
    told = "words => new RegExp(words).test(document.querySelector('[data-testid=stMain]').innerText)"
    page.wait_for_function(f"before => !({told})(before)", arg=SHARP)
    page.wait_for_function(told, arg=ANSWER)
    first = time.monotonic() - start
    page.wait_for_function(told, arg=SHARP)
    return first, time.monotonic() - start


if __name__ == "__main__":
    main()
