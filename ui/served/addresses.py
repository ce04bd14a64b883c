"""Every page has an address of its own (``/forecast``), by which it can be opened, reloaded and shared.

Streamlit's front end doesn't know where its server is. It takes the page's own address for it, gets two refusals, which
the browser shows as errors, and only then looks one step up. What is served here tells it at once. A page stands one
step below the server, also behind a proxy that puts more in front, so the browser works the place out of the page's
address, by the rule by which it finds the page's scripts.
"""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

_PAGES = Path(__file__).parents[1] / "pages"
_HEAD = "<head>"
_SERVER_IS_ABOVE = '<script>window.__streamlit = {BACKEND_BASE_URL: new URL(".", window.location).href}</script>'


def address_of(page: str) -> str:
    """Return the last part of the address of a page, which is known by the name of its module."""
    return page.replace("_", "-")


def pages_at_their_addresses() -> list[Route]:
    """Return a route for each page that is opened by its address."""
    shell = _shell()

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(shell, headers={"Cache-Control": "no-cache"})

    above = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [Route(f"/{above}/{address}".replace("//", "/"), page) for address in _addresses()]


def _addresses() -> list[str]:
    return sorted(address_of(path.stem) for path in _PAGES.glob("[!_]*.py"))


def _shell() -> str:
    """Return Streamlit's page, whose scripts show the app, with the word where its server is."""
    shell = Path(get_static_dir(), "index.html").read_text("utf-8")
    return shell.replace(_HEAD, f"{_HEAD}{_SERVER_IS_ABOVE}", 1)
