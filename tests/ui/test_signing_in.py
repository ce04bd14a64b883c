"""Signing in: asked for where the server has an identity provider, and nothing is shown before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ui import state

ROOT = Path(__file__).parents[2]
PROVIDER = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": "a long random text",
    "client_id": "headrace",
    "client_secret": "secret",
    "server_metadata_url": "https://login.example.com/.well-known/openid-configuration",
}


class Visitor(dict[str, Any]):
    """Stands in for `st.user`: what an identity provider says of who is asking."""


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    monkeypatch.setenv("HEADRACE_RUNS", str(tmp_path))
    monkeypatch.setenv("HEADRACE_EDITORS", "ann@example.com")
    state.settings.clear()

    def open_app(*, provider: bool, **said: object) -> AppTest:
        monkeypatch.setattr(st, "user", Visitor(said))
        app = AppTest.from_file(str(ROOT / "ui" / "served" / "visit.py"), default_timeout=60)
        if provider:
            app.secrets["auth"] = PROVIDER
        return app.run()

    return open_app


def test_where_there_is_a_provider_a_stranger_sees_the_way_in_and_nothing_else(visit: Callable[..., AppTest]) -> None:
    app = visit(provider=True)
    assert not app.exception
    assert [button.label for button in app.button] == ["Sign in"]
    assert len(app.get("file_uploader")) == 0
    assert [title.value for title in app.title] == ["Headrace"]


def test_whoever_signed_in_comes_in_and_only_editors_may_upload(visit: Callable[..., AppTest]) -> None:
    for address, fields in (("ann@example.com", 1), ("bo@example.com", 0)):
        app = visit(provider=True, is_logged_in=True, email=address)
        assert not app.exception
        assert "Open the example" in [button.label for button in app.button]
        assert len(app.get("file_uploader")) == fields


def test_without_a_provider_nobody_is_asked_and_nobody_is_taken_for_an_editor(visit: Callable[..., AppTest]) -> None:
    app = visit(provider=False, email="ann@example.com")
    assert "Open the example" in [button.label for button in app.button]
    assert len(app.get("file_uploader")) == 0
