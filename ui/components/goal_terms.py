"""What a search for the target reckons with: what people cost, and how much work the search is worth."""

import streamlit as st

from sim.spec import FunnelSpec
from studies.changes import staffed_teams
from studies.language import Words
from studies.view import GoalTerms
from ui import state

_STEP = 500.0


def show(spec: FunnelSpec, words: Words) -> GoalTerms:
    """Show the terms, and take over those that are sent; return what they are now."""
    now = state.view().goal
    with st.expander(words("goal_terms.title"), icon=":material/payments:"), st.form("goal-terms", border=False):
        st.caption(words("goal_terms.how"))
        everybody, hiring = st.columns(2)
        rep_month = _money(everybody, words("goal_terms.rep_month"), now.rep_month)
        once = _money(hiring, words("goal_terms.hiring"), now.hiring)
        of_team = _by_team(spec, now, words)
        effort = st.segmented_control(
            words("goal_terms.effort"), ("quick", "thorough"), default=now.effort, required=True,
            format_func=lambda name: words(f"goal_effort.{name}"),
        )  # fmt: skip
        if st.form_submit_button(words("goal_terms.take"), icon=":material/search:"):
            chosen = GoalTerms(rep_month=rep_month, hiring=once, rep_month_of=of_team, effort=effort)
            state.change(goal=chosen)
            return chosen
    return now


def _by_team(spec: FunnelSpec, now: GoalTerms, words: Words) -> dict[str, float]:
    """Ask what a rep of each team costs; a team without a price of its own costs what everybody does."""
    teams = staffed_teams(spec)
    given = {
        team: place.number_input(
            words("goal_terms.rep_month_of", team=team), min_value=0.0, value=now.rep_month_of.get(team), step=_STEP,
            format="%.0f", placeholder=words("goal_terms.as_everybody"), key=f"rep-month-{team}",
        )
        for place, team in zip(st.columns(max(1, len(teams))), teams, strict=False)
    }  # fmt: skip
    return {team: price for team, price in given.items() if price is not None}


def _money(place: "st.delta_generator.DeltaGenerator", label: str, value: float) -> float:
    return float(place.number_input(label, min_value=0.0, value=value, step=_STEP, format="%.0f"))
