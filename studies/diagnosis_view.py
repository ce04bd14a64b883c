"""A diagnosis in words, tables and charts: the verdict first, then what it rests on."""

from collections.abc import Mapping

import pandas as pd

from scenarios.diagnosis.attribution import Attribution
from scenarios.diagnosis.diagnosis import Diagnosis, Inquiry
from scenarios.diagnosis.plans import Cause
from scenarios.pairing import Interval
from scenarios.run import Results
from sim.kpis import FunnelShape
from sim.kpis.health import BALANCED
from sim.kpis.summary import COUNT, DAYS, SHARE
from studies.charts import differences_chart, shape_chart
from studies.grid import Grid
from studies.kept import provenance
from studies.operations_view import data_section
from studies.report import Figure, Report, Section
from studies.request import Ran
from studies.wording import DASH, day, interval, quantity, title_of, unit_of

CURES: Mapping[Cause, str] = {
    Cause.LEADS: "with every channel's leads as good as the reference",
    Cause.FOLLOW_UP: "with every first touch at once",
    Cause.CAPACITY: "with nobody too busy",
}
_SHOWN_PARTS = 4


def answer_of(found: Diagnosis, inquiry: Inquiry) -> str:
    """Say the verdict in plain words."""
    return f"{_cause_sentence(found, inquiry)} {shape_sentence(found.shape)}"


def _cause_sentence(found: Diagnosis, inquiry: Inquiry) -> str:
    said, split, kpi = found.verdict, found.attribution, title_of(inquiry.kpi)
    when = f"over {inquiry.days:g} days from {day(inquiry.opening.as_of)}"
    if said.cause is None:
        largest = split.ranked()[0]
        gain = split.effects[largest].alone
        most = f"the most would come {CURES[largest]}, {_gain(gain, split)}"
        return f"Healthy: no cause keeps back {inquiry.material:.0%} or more of the {kpi} {when}; {most}."
    higher = f"{kpi} would be {_gain(split.effects[said.cause].alone, split)} higher {when}"
    main = f"Main cause: {said.cause}, most of all at {said.part}: {CURES[said.cause]} {higher}"
    return f"{main}{_how_sure(said.sure, said.next)}."


def _gain(gain: Interval, split: Attribution) -> str:
    unit = unit_of(split.kpi)
    sure = f"{split.confidence:.0%} interval {interval(gain.low, gain.high, unit, sign=True)}"
    return f"{quantity(gain.value, unit, sign=True)} ({split.relative(gain):+.1%}; {sure})"


def _how_sure(sure: float, rival: Cause | None) -> str:
    return "" if rival is None or sure != sure else f"; it outweighs {rival} with {_confidence(sure)} confidence"  # noqa: PLR0124 - NaN


def _confidence(sure: float) -> str:
    return "over 99 %" if sure > 0.99 else f"{100 * sure:.0f} %"


def shape_sentence(shape: FunnelShape) -> str:
    """Say which shape the funnel has."""
    if shape.shape == BALANCED:
        return "Its shape is balanced: each stage holds about what its own flows keep there."
    return (
        f"Its shape is {shape.shape}: {shape.stage} holds {shape.ratio:.1f} times what its own flows would keep there."
    )


def grids_of(found: Diagnosis) -> tuple[Grid, ...]:
    """Lay out the shape, the split, where it sits, and what an hour is worth."""
    split = found.attribution
    return shape_grid(found.stages), causes_grid(split), parts_grid(split), hours_grid(split)


def shape_grid(stages: pd.DataFrame) -> Grid:
    """Lay out each stage's stock beside its steady one."""
    rows = (
        (
            str(stage),
            quantity(row["stock"], COUNT),
            quantity(row["steady_stock"], COUNT),
            interval(row["low"], row["high"], COUNT),
            f"{row['ratio']:.2f}",
            str(row["verdict"]),
            f"{row['entered_per_day']:.2f}",
            quantity(row["stay"], DAYS),
            quantity(row["stay_as_is"], DAYS),
            quantity(row["old"], SHARE),
        )
        for stage, row in zip(stages.index, stages.to_dict("records"), strict=True)
    )
    flow = ("entries a day", "stay", "stay as is", "older than 9 in 10")
    columns = ("stage", "open now", "steady", "95 % of the time", "ratio", "verdict", *flow)
    note = (
        "Steady: entries a day × days of a stay in which nobody has to wait for anybody busy (Little's law). Heavy or "
        "thin: outside the range and by more than a quarter. Without an opening, open now is the simulated mean."
    )
    return Grid.of("The funnel's shape", columns, rows, note)


def causes_grid(split: Attribution) -> Grid:
    """Lay out what each cause keeps away, alone, last and by fair share, and what they do together."""
    unit = unit_of(split.kpi)

    def cells(gain: Interval) -> tuple[str, str]:
        return quantity(gain.value, unit, sign=True), interval(gain.low, gain.high, unit, sign=True)

    rows = [
        (str(cause), *cells(effect.alone), f"{split.relative(effect.alone):+.1%}",
         quantity(effect.last.value, unit, sign=True), *cells(effect.share))
        for cause, effect in ((cause, split.effects[cause]) for cause in split.ranked())
    ]  # fmt: skip
    rows += [
        ("all together", *cells(split.total), f"{split.relative(split.total):+.1%}", "", *cells(split.total)),
        ("of it interaction", *cells(split.interaction), f"{split.relative(split.interaction):+.1%}", "", "", ""),
    ]
    sure = f"{split.confidence:.0%} interval"
    columns = ("without", "alone", sure, "relative", "when all others are gone", "fair share", sure)
    note = (
        f"Gains in {title_of(split.kpi)} over a mean of {quantity(split.baseline, unit)} as it is, run by run on the "
        "same leads. Interaction: all together less the gains alone; below 0 the causes overlap, above 0 they need "
        "each other. The fair share is the mean over all orders of taking them away (Shapley); the shares add up."
    )
    return Grid.of("What keeps it down", columns, rows, note)


def parts_grid(split: Attribution) -> Grid:
    """Lay out where each cause sits."""
    unit = unit_of(split.kpi)
    rows = (
        (
            str(cause),
            part,
            quantity(gain.value, unit, sign=True),
            interval(gain.low, gain.high, unit, sign=True),
            f"{split.relative(gain):+.1%}",
        )
        for cause in split.ranked()
        for part, gain in ((part, split.parts[cause][part]) for part in split.ranked_parts(cause)[:_SHOWN_PARTS])
    )
    note = "The cause taken away at one channel, stage or team only, all else as it is."
    columns = ("without", "at", "gain", f"{split.confidence:.0%} interval", "relative")
    return Grid.of("Where it sits", columns, rows, note, texts=2)


def hours_grid(split: Attribution) -> Grid:
    """Rank the bottlenecks."""
    unit = unit_of(split.kpi)
    rows = (
        (
            who,
            quantity(split.hours[who].value, unit, sign=True),
            interval(split.hours[who].low, split.hours[who].high, unit, sign=True),
        )
        for who in split.bottlenecks()
    )
    note = "Gain over the whole time per additional hour a week, from a tenth more hours. The first is the bottleneck."
    return Grid.of(
        "What one more hour a week is worth",
        ("team or experts", "worth", f"{split.confidence:.0%} interval"),
        rows,
        note,
    )


def leads_grid(found: Diagnosis) -> Grid:
    """Lay out how good each channel's leads are."""
    rows = (
        (lift.channel, quantity(lift.chance, SHARE), quantity(lift.reference, SHARE) if lift.reference else DASH,
         f"{lift.log_odds:+.2f}" if lift.log_odds else DASH)
        for lift in found.lifts
    )  # fmt: skip
    columns = ("channel", "chance to be won", "reference", "lift at each stage (log odds)")
    note = (
        "By the funnel's own numbers: a lead touched in time by a rep of average skill, from where the channel enters."
    )
    return Grid.of("How good the leads are", columns, rows, note)


def tables_of(found: Diagnosis) -> dict[str, pd.DataFrame]:
    """Return what the run folder keeps beside the figures: the split, its parts, the hours and the shape."""
    split = found.attribution
    effects: dict[tuple[str, ...], Interval] = {
        (str(cause), name): getattr(effect, name)
        for cause, effect in split.effects.items()
        for name in ("alone", "last", "share")
    }
    effects["all together", "alone"], effects["interaction", "alone"] = split.total, split.interaction
    parts: dict[tuple[str, ...], Interval] = {
        (str(cause), part): gain for cause, gains in split.parts.items() for part, gain in gains.items()
    }
    return {
        "causes": _table(effects, ("cause", "how")),
        "parts": _table(parts, ("cause", "part")),
        "hours": _table({(who,): gain for who, gain in split.hours.items()}, ("who",)),
        "shape": found.stages.reset_index(),
        "leads": pd.DataFrame(
            {
                name: [getattr(lift, name) for lift in found.lifts]
                for name in ("channel", "chance", "reference", "log_odds")
            }
        ),
    }


def _table(gains: Mapping[tuple[str, ...], Interval], keys: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {**dict(zip(keys, key, strict=True)), "gain": gain.value, "low": gain.low, "high": gain.high}
        for key, gain in gains.items()
    ]
    return pd.DataFrame(rows, columns=[*keys, "gain", "low", "high"])


def report_of(
    found: Diagnosis, inquiry: Inquiry, answer: str, ran: Ran[Results], data: Mapping[str, pd.DataFrame]
) -> Report:
    """Put the report together; ``data`` is what is known about the data behind the funnel."""
    split, (shape, causes, parts, hours) = found.attribution, grids_of(found)
    lines = f"Dots: mean paired gain; lines: {split.confidence:.0%} interval; dashed: none."
    gains = {str(cause): split.effects[cause].alone for cause in split.ranked()} | {"all together": split.total}
    sections = (
        Section(
            "The funnel's shape",
            (shape_sentence(found.shape),),
            (),
            (
                Figure(
                    "Open deals and steady stock",
                    "Bars: leads; lines: 95 % of the time.",
                    shape_chart(found.stages),
                    shape,
                ),
            ),
        ),
        Section(
            "What keeps it down",
            (),
            (causes,),
            (Figure(f"Gain in {title_of(split.kpi)}", lines, differences_chart(_forest(gains), split.kpi), causes),),
        ),
        Section("Where it sits", (), (parts, hours, leads_grid(found))),
        Section("Assumptions", _assumptions(inquiry, ran)),
        *data_section(data),
    )
    return Report("What is wrong with the funnel", answer, sections, provenance(ran.question))


def _forest(gains: Mapping[str, Interval]) -> pd.DataFrame:
    table = pd.DataFrame([{"difference": gain.value, "low": gain.low, "high": gain.high} for gain in gains.values()])
    return table.assign(verdict="").set_axis(pd.Index(gains, name="scenario"))


def _assumptions(inquiry: Inquiry, ran: Ran[Results]) -> tuple[str, ...]:
    return (
        f"{len(inquiry.opening.deals):,} deals are open at {inquiry.opening.as_of.isoformat()}.",
        f"Each counterfactual was run {ran.results.replications} times on the same leads under the same luck.",
        (
            "Nobody too busy: effort takes no time and limits on deals held are off; nights, weekends, leave and rules "
            "that ration leads stay."
        ),
        (
            "Every first touch at once: no lead-in, no odds lost by delay and nobody gives up before it; the work "
            "still needs its hours."
        ),
        f"Lead quality is held against the reference {inquiry.reference!r}; number, amounts and mix of leads stay.",
        (
            "The intervals hold each by itself, and the luck that was simulated is in them; what the history couldn't "
            "tell of the funnel is not."
        ),
    )
