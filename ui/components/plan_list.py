"""The list of plans: to set the levers as in one of them, to take them along as a scenario file, and to bring one."""

import streamlit as st

from sim.errors import DataError
from sim.spec import FunnelSpec
from studies.language import Words
from studies.plan_file import read_plans, write_plans
from studies.view import MOST_PLANS, Plan
from ui import state
from ui.components import upload_words
from ui.components.plan_names import described
from ui.components.prose import fault, plain


def show(plan: Plan, spec: FunnelSpec, words: Words) -> tuple[Plan, ...]:
    """Show the list with ways to change it; return it."""
    now = state.view()
    name = st.text_input(words("plans.name"), plan.name, max_chars=80, placeholder=words("plans.name_hint"))
    add, keep, load = st.columns(3)
    full = len(now.plans) >= MOST_PLANS
    named = _named(plan, name, words)
    if add.button(words("plans.add"), icon=":material/add:", disabled=plan.is_idle or full):
        state.open_plan(Plan(), plans=(*now.plans, named))
    told = now.plans or ((named,) if not plan.is_idle else ())
    keep.download_button(
        words("plans.download"), write_plans(told, now.target) if told else "", "plans.yaml", "application/yaml",
        icon=":material/download:", on_click="ignore", disabled=not told, help=words("plans.download_help"),
    )  # fmt: skip
    with load.popover(words("plans.upload"), icon=":material/upload:"):
        _upload(spec, words)
    for place, each in enumerate(now.plans):
        _row(place, each, now.plans, words)
    return now.plans


def _named(plan: Plan, name: str, words: Words) -> Plan:
    return plan.model_copy(update={"name": (name.strip() or described(plan, words))[:80]})


def _row(place: int, plan: Plan, plans: tuple[Plan, ...], words: Words) -> None:
    said, load, remove = st.columns([6, 1, 1], vertical_alignment="center")
    said.markdown("  \n".join((*((f"**{plain(plan.name)}**",) if plan.name else ()), plain(described(plan, words)))))
    if load.button(words("plans.load"), key=f"load-{place}", type="tertiary"):
        state.open_plan(plan)
    if remove.button(words("plans.remove"), key=f"remove-{place}", type="tertiary"):
        state.open_plan(state.view().plan, plans=tuple(each for at, each in enumerate(plans) if at != place))


def _upload(spec: FunnelSpec, words: Words) -> None:
    upload_words.show(words("upload.button"), words("plans.bounds"))
    file = st.file_uploader(words("plans.file"), type=["yaml", "yml"], max_upload_size=1)
    if file is None or st.session_state.get("plan-file") == file.file_id:
        return
    st.session_state["plan-file"] = file.file_id
    try:
        plans, target = read_plans(file.getvalue().decode("utf-8", "replace"), spec)
    except DataError as error:
        st.error(fault(error, words))
    else:
        state.open_plan(plans[0], plans=plans, **({"target": target} if target else {}))
