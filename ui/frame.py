"""What surrounds every page: signing in, the list of pages, language, currency and calendar, and the link to share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

import streamlit as st

from sim.errors import HeadraceError
from studies.language import Language, Words
from ui import state
from ui.components.prose import fault, plain
from ui.served import sign_in
from ui.served.addresses import address_of

ICON = str(Path(__file__).with_name("icon.png"))
"""For the browser's tab. One out of a font would be fetched from the internet."""

type Pages = Mapping[str, Mapping[str, ModuleType]]
"""Section → page → its module."""

_CURRENCIES = ("EUR", "USD", "GBP", "CNY", "CHF", "JPY", "SEK", "INR", "BRL")
_LANGUAGES = {Language.ENGLISH: "English", Language.CHINESE: "中文"}


def show(pages: Pages, problem: str) -> None:
    """Show the chosen page in its frame; ``problem`` is what was wrong with the address."""
    words = state.words()
    if not sign_in.show(words):
        return
    named = {name: _page(name, module, words) for section in pages.values() for name, module in section.items()}
    st.session_state["pages"] = named
    chosen = st.navigation({words(f"section.{title}"): [named[name] for name in its] for title, its in pages.items()})
    with st.sidebar:
        _settings(words)
    if problem:
        st.warning(words("frame.bad_link", why=plain(problem)))
    try:
        chosen.run()
    except HeadraceError as error:
        st.error(fault(error, words))


def _page(name: str, module: ModuleType, words: Words) -> st.Page:
    title = words(f"page.{name}")
    address = address_of(name)
    return st.Page(module.show, title=title, url_path=address, default=name == "start")


def _settings(words: Words) -> None:
    view, company = state.view(), state.company()
    if company:
        st.caption(words("frame.company", name=plain(company.name)))
    chosen = {"language": _language(words), **_calendar(words)}
    with st.expander(words("frame.share"), icon=":material/link:"):
        st.caption(words("frame.share_how"))
        st.code(f"?view={quote(view.to_link())}", language=None, wrap_lines=True)
    if any(getattr(view, name) != value for name, value in chosen.items()):
        state.change(**chosen)
        st.rerun()


def _language(words: Words) -> Language:
    now = state.view().language
    return st.segmented_control(
        words("frame.language"), list(_LANGUAGES), default=now, format_func=_LANGUAGES.__getitem__, required=True
    )


def _calendar(words: Words) -> dict[str, object]:
    """Ask for the currency, and how the company counts its periods."""
    view = state.view()
    months = [words(f"month.{number}") for number in range(1, 13)]
    with st.expander(words("frame.settings"), icon=":material/settings:"):
        currency = st.selectbox(words("frame.currency"), list(dict.fromkeys((view.currency, *_CURRENCIES))))
        month = st.selectbox(words("frame.fiscal_month"), months, index=view.fiscal_month - 1)
        period = st.selectbox(
            words("frame.period"), ("quarter", "month"), index=int(view.period == "month"), format_func=_period(words)
        )
    return {"currency": currency, "fiscal_month": months.index(month) + 1, "period": period}


def _period(words: Words) -> Callable[[str], str]:
    return lambda name: words(f"period.{name}")
