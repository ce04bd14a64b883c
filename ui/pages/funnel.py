"""The funnel: how healthy it is, where it narrows, where the days go and where deals pile up."""

from functools import partial

import pandas as pd
import streamlit as st

from sim.kpis import PARTS
from studies.funnel_view import FunnelSeen, see_funnel
from studies.language import Words
from ui import state
from ui.components import asking, charts, diagnosis_answer, knowing
from ui.components.figures import Figures
from ui.components.prose import plain

_HEADLINES = ("win_rate_closed", "sales_cycle_median", "first_touch_median", "average_deal")


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("funnel.title"))
    known = knowing.show("history")
    if known is None:
        return
    seen = see_funnel(known.history)
    figures = Figures.of(words, state.view())
    st.subheader(_answer(seen, words))
    _headlines(seen, words, figures)
    st.markdown(f"### {words('funnel.conversion')}")
    st.caption(words("funnel.conversion_how", days=words.number(seen.days)))
    charts.show(charts.bars(_narrowing(seen, words), words("funnel.leads")), words("funnel.conversion"))
    st.markdown(f"### {words('funnel.dwell')}")
    _dwell(seen, words)
    st.markdown(f"### {words('funnel.piles')}")
    st.caption(words("funnel.piles_how"))
    st.dataframe(_piles(seen, words, figures), hide_index=True, alt=words("funnel.piles"))
    st.markdown(f"### {words('funnel.diagnosis')}")
    _diagnosis(words, figures)
    state.link_to("forecast", words("funnel.next"))


def _diagnosis(words: Words, figures: Figures) -> None:
    known = knowing.show("funnel")
    if known is not None:
        tell = partial(diagnosis_answer.show, measure=known.measure, words=words, figures=figures)
        asking.deeper_question("diagnosis", known, words, tell)


def _answer(seen: FunnelSeen, words: Words) -> str:
    worst = seen.stages.dropna(subset="conversion").sort_values("conversion").to_dict("records")[:1]
    if seen.narrowest:
        ratio = float(seen.stages.set_index("stage")["ratio"][seen.narrowest])
        key = "funnel.full" if ratio > 1 else "funnel.thin"
        return words(key, stage=plain(seen.narrowest), times=words.number(ratio, 1))
    if not worst:
        return words("funnel.little")
    return words("funnel.even", stage=plain(str(worst[0]["stage"])), share=words.percent(float(worst[0]["conversion"])))


def _headlines(seen: FunnelSeen, words: Words, figures: Figures) -> None:
    for place, name in zip(st.columns(len(_HEADLINES)), _HEADLINES, strict=True):
        place.metric(words(f"kpi.{name}"), figures.kpi(seen.figures[name], name), border=True)


def _narrowing(seen: FunnelSeen, words: Words) -> pd.DataFrame:
    rows = seen.stages
    said = [
        words("funnel.bar", n=words.number(entered), share=words.percent(share) if share == share else "–")  # noqa: PLR0124 - NaN
        for entered, share in zip(rows["entered"], rows["conversion"], strict=True)
    ]
    return pd.DataFrame({"name": rows["stage"], "value": rows["entered"], "label": said})


def _dwell(seen: FunnelSeen, words: Words) -> None:
    if not seen.has_parts:
        st.caption(words("funnel.dwell_whole"))
        days = seen.stages["mean"].fillna(0)
        table = pd.DataFrame({"name": seen.stages["stage"], "value": days})
        table["label"] = [words("unit.days", n=words.number(value, 1)) for value in days]
        charts.show(charts.bars(table, words("unit.axis_days")), words("funnel.dwell"))
        return
    st.caption(words("funnel.dwell_how"))
    names = {part: words(f"part.{part}") for part in PARTS}
    table = seen.stages.melt("stage", list(PARTS), "part", "value").fillna(0.0)
    table["place"] = table["part"].map({part: place for place, part in enumerate(PARTS)})
    table = table.rename(columns={"stage": "name"}).assign(part=table["part"].map(names))
    charts.show(charts.stacked(table, words("unit.axis_days"), list(names.values())), words("funnel.dwell"))


def _piles(seen: FunnelSeen, words: Words, figures: Figures) -> pd.DataFrame:
    rows = seen.stages
    return pd.DataFrame(
        {
            words("column.stage"): rows["stage"],
            words("column.open_now"): rows["stock"],
            words("column.steady"): rows["steady_stock"].round(0),
            words("column.median_stay"): [figures.length(value) for value in rows["median"]],
            words("column.verdict"): [words(f"verdict.{name.replace(' ', '_')}") for name in rows["verdict"]],
        }
    )
