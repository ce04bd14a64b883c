"""Every page is served at its own address, with the word where its server is."""

import asyncio

from starlette.requests import Request
from streamlit import config

from ui.served.addresses import pages_at_their_addresses

PAGES = ("start", "funnel", "forecast", "routing", "what-if", "hiring", "runs", "evidence")


def test_every_page_says_first_of_all_where_its_server_is() -> None:
    routes = pages_at_their_addresses()
    assert {route.path for route in routes} == {f"/{page}" for page in PAGES}
    for route in routes:
        answer = asyncio.run(route.endpoint(Request({"type": "http"})))
        head = answer.body.decode().partition("<head>")[2]
        assert head.index("BACKEND_BASE_URL") < head.index('type="module"')
        assert answer.headers["cache-control"] == "no-cache"


def test_below_a_path_of_the_host_pages_stand_below_it_too() -> None:
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "/headrace/")
    try:
        paths = {route.path for route in pages_at_their_addresses()}
    finally:
        config.set_option("server.baseUrlPath", before)
    assert paths == {f"/headrace/{page}" for page in PAGES}
