"""The cheapest way to the target: a plan to open on the panel, and the price of more or less certainty."""

import pandas as pd
import streamlit as st

from studies.deeper import Answered
from studies.language import Words
from studies.view import Plan
from ui import state
from ui.components.figures import Figures
from ui.components.plan_names import described
from ui.components.prose import plain


def show(found: Answered, measure: str, words: Words, figures: Figures) -> None:
    """Tell what a search for the target found."""
    facts = found.facts
    plan: Plan = facts["plan"]
    st.subheader(plain(_answer(found, measure, words, figures)))
    low, high = (words.percent(float(facts[end])) for end in ("low", "high"))
    st.caption(words("goal.how", runs=words.number(facts["runs"]), low=low, high=high))
    if not plan.is_idle and st.button(words("goal.open"), icon=":material/tune:", key="open-goal"):
        state.open_plan(plan)
    st.markdown(f"**{words('goal.price')}**")
    rows = found.tables["price"].to_dict("records")
    table = pd.DataFrame(
        [
            {
                words("column.chance"): words.percent(row["level"]),
                words("column.plan"): described(row["plan"], words),
                words("column.cost"): figures.amount(row["cost"], sign=True),
                words("column.seems"): f"{words.percent(row['chance'])} ± {words.percent(row['error'])}",
            }
            for row in rows
        ]
    )
    st.dataframe(table, hide_index=True, alt=words("goal.price"))
    st.caption(words("goal.price_how"))


def _answer(found: Answered, measure: str, words: Words, figures: Figures) -> str:
    facts = found.facts
    said = {
        "plan": described(facts["plan"], words),
        "target": figures.amount(float(facts["target"]), measure),
        "cost": figures.amount(float(facts["cost"])),
        "ten": figures.of_ten(float(facts["chance"])),
        "asked": words.percent(float(facts["asked"])),
    }
    if not facts["reached"]:
        return words("goal.out_of_reach", **said)
    return words("goal.idle" if facts["plan"].is_idle else "goal.found", **said)
