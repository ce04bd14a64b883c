"""The list of plans: to set the levers as in one of them, to download or upload one, and to try all side by side."""

import streamlit as st

from sim.errors import DataError
from studies.language import Words
from studies.view import MOST_PLANS, Plan, read_plan, write_plan
from ui import state
from ui.components.plan_names import described
from ui.components.prose import plain


def show(plan: Plan, words: Words) -> tuple[Plan, ...]:
    """Show the list with ways to change it; return it."""
    now = state.view()
    name = st.text_input(words("plans.name"), plan.name, max_chars=80, placeholder=words("plans.name_hint"))
    add, keep, load = st.columns(3)
    full = len(now.plans) >= MOST_PLANS
    if add.button(words("plans.add"), icon=":material/add:", disabled=plan.is_idle or full):
        _change(plan=Plan(), plans=(*now.plans, _named(plan, name, words)))
    keep.download_button(
        words("plans.download"), write_plan(_named(plan, name, words)), "plan.json", "application/json",
        icon=":material/download:", on_click="ignore", disabled=plan.is_idle,
    )  # fmt: skip
    with load.popover(words("plans.upload"), icon=":material/upload:"):
        _upload(words)
    for place, each in enumerate(now.plans):
        _row(place, each, now.plans, words)
    return now.plans


def _named(plan: Plan, name: str, words: Words) -> Plan:
    return plan.model_copy(update={"name": (name.strip() or described(plan, words))[:80]})


def _row(place: int, plan: Plan, plans: tuple[Plan, ...], words: Words) -> None:
    said, load, remove = st.columns([6, 1, 1], vertical_alignment="center")
    said.markdown(f"**{plain(plan.name)}**  \n{plain(described(plan, words))}")
    if load.button(words("plans.load"), key=f"load-{place}", type="tertiary"):
        _change(plan=plan)
    if remove.button(words("plans.remove"), key=f"remove-{place}", type="tertiary"):
        _change(plans=tuple(each for at, each in enumerate(plans) if at != place))


def _upload(words: Words) -> None:
    file = st.file_uploader(words("plans.file"), type="json", max_upload_size=1)
    if file is None or st.session_state.get("plan-file") == file.file_id:
        return
    st.session_state["plan-file"] = file.file_id
    try:
        _change(plan=read_plan(file.getvalue().decode("utf-8", "replace")))
    except DataError as error:
        st.error(plain(str(error)))


def _change(**changes: object) -> None:
    state.change(**changes)
    st.session_state["panel"] = st.session_state.get("panel", 0) + 1
    st.rerun()
