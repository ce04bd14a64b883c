"""A search for a goal in words, tables and a chart: the plan, what certainty costs, and how far the answer holds."""

import pandas as pd

from scenarios.dials import at_their_limit
from scenarios.goal import Confirmed, Sought, Trial
from scenarios.prices import Prices
from sim.kpis.summary import MONEY
from studies.charts import certainty_chart
from studies.grid import Grid
from studies.kept import provenance
from studies.report import Figure, Report, Section
from studies.store import Question
from studies.wording import DASH, quantity, title_of, unit_of

_SHOWN = 25
"""Plans that the report lists; the run folder holds all."""


def answer_of(sought: Sought) -> str:
    """Say in a sentence or two what came out."""
    found = sought.answer
    if found is None:
        return _without(sought)
    sure = f"confirmed at {_confirmed(found, sought)}"
    plan = found.trial.plan
    if not plan.levers:
        return f"Nothing needs to be done for {_target(sought)}: {sure}."
    next_best = sought.runner_up
    second = "" if next_best is None else f" The runner-up is {_named(next_best.trial)}, at {next_best.chance:.0%}."
    asked = f"{_target(sought)} with a chance of {sought.question.goal.chance:.0%}"
    return f"The cheapest plan found for {asked} is {_named(found.trial)}; {sure}.{second}"


def _without(sought: Sought) -> str:
    """Say how near the search came, and what stands in the way."""
    best, asked = sought.surest, sought.question.goal.chance
    reached = f"the surest plan is {_named(best.trial)}, at {_confirmed(best, sought)}"
    if best.high >= asked:
        fix = "more runs to confirm may settle it"
        return f"No plan is confirmed to reach {_target(sought)} with a chance of {asked:.0%}: {reached}; {fix}."
    limits = ", ".join(at_their_limit(sought.question.dials, best.trial.point))
    ends = f" At the end of their range: {limits}." if limits else ""
    return f"{_target(sought).capitalize()} is out of reach within these ranges: {reached}.{ends}"


def _target(sought: Sought) -> str:
    goal = sought.question.goal
    return f"{title_of(goal.kpi)} of {quantity(goal.target, unit_of(goal.kpi))} or more"


def _named(trial: Trial) -> str:
    return f"{trial.plan.name} ({_cost(trial.cost)})"


def _confirmed(each: Confirmed, sought: Sought) -> str:
    goal = sought.question.goal
    limit = f"at least {goal.chance:.0%}" if each.passed else f"at most {each.high:.0%}"
    return f"{each.chance:.0%} of {each.runs} fresh runs ({limit} with {goal.confidence:.0%} confidence)"


def _cost(cost: float) -> str:
    if cost == 0:
        return "at no cost"
    return f"{quantity(abs(cost), MONEY)} {'more' if cost > 0 else 'less'} spending"


def price_grid(sought: Sought) -> Grid:
    """Lay out the price of certainty: the cheapest plan that seems to have each chance."""
    rows = [_price_row(level, sought.price(level)) for level in sought.question.goal.levels]
    note = (
        "By the search's own runs, where the best of many is partly lucky; the plan for the chance asked for is "
        "confirmed under fresh luck. Costs are what a plan adds to spending over the horizon."
    )
    return Grid.of("The price of certainty", ("chance", "plan", "cost", "seems"), rows, note, texts=2)


def _price_row(level: float, trial: Trial | None) -> tuple[str, str, str, str]:
    if trial is None:
        return f"{level:.0%}", "none found within the ranges", DASH, DASH
    seems = f"{trial.chance.value:.0%} ± {trial.chance.error:.0%}"
    return f"{level:.0%}", trial.plan.name, quantity(trial.cost, MONEY, sign=True), seems


def finalists_grid(sought: Sought) -> Grid:
    """Lay out the finalists under fresh luck."""
    goal = sought.question.goal
    unit = unit_of(goal.kpi)
    rows = (
        (
            each.trial.plan.name,
            quantity(each.trial.cost, MONEY, sign=True),
            f"{each.chance:.0%}",
            f"{each.low:.0%}",
            f"{each.high:.0%}",
            str(each.runs),
            quantity(each.mean, unit),
            "yes" if each.passed else "no",
        )
        for each in sought.finalists
    )
    columns = ("plan", "cost", "chance", "at least", "at most", "runs", f"mean {title_of(goal.kpi)}", "confirmed")
    note = (
        f"Up to {sought.question.effort.confirm:,} runs together that the search never met, no more for each than made "
        "it clear. The limits are one-sided and each plan's own; that all plans confirmed have a chance of "
        f"{goal.chance:.0%} holds with {goal.confidence:.0%} confidence."
    )
    return Grid.of("The finalists under fresh luck", columns, rows, note)


def report_of(sought: Sought, prices: Prices, answer: str, asked: Question) -> Report:
    """Put the report together."""
    price = price_grid(sought)
    figure = Figure(
        "What certainty costs",
        "Dots: plans simulated; line: those that none beats in both; diamonds: finalists with their limits.",
        certainty_chart(points_table(sought)),
        price,
    )
    sections = (
        Section("The price of certainty", (), (price,), (figure,)),
        Section("The finalists", _levers(sought), (finalists_grid(sought),)),
        Section("Plans tried", (), (_tried_grid(sought),)),
        Section("Assumptions", _assumptions(sought, prices)),
    )
    goal = sought.question.goal
    title = f"{_target(sought).capitalize()} with a chance of {goal.chance:.0%}"
    return Report(title, answer, sections, provenance(asked))


def points_table(sought: Sought) -> pd.DataFrame:
    """Return what the chart shows.

    ``plan``, ``kind`` (tried, frontier or finalist), ``cost``, ``chance``, ``low``, ``high``.
    """
    ahead = set(sought.frontier)
    tried = [
        (trial.plan.name, "frontier" if trial in ahead else "tried", trial.cost, chance, chance, chance)
        for trial in sought.trials
        for chance in (trial.chance.value,)
    ]
    fresh = [
        (each.trial.plan.name, "finalist", each.trial.cost, each.chance, each.low, each.high)
        for each in sought.finalists
    ]
    return pd.DataFrame(tried + fresh, columns=["plan", "kind", "cost", "chance", "low", "high"])


def _levers(sought: Sought) -> tuple[str, ...]:
    return tuple(f"{each.trial.plan.name}: {each.trial.plan.describe()}" for each in sought.finalists)


def _tried_grid(sought: Sought) -> Grid:
    likeliest = sorted(sought.trials, key=lambda trial: (-trial.runs, trial.cost))[:_SHOWN]
    rows = (
        (
            trial.plan.name,
            quantity(trial.cost, MONEY, sign=True),
            f"{trial.chance.value:.0%}",
            f"{trial.chance.error:.0%}",
            str(trial.runs),
        )
        for trial in sorted(likeliest, key=lambda trial: trial.cost)
    )
    note = f"{len(likeliest)} of {len(sought.trials)} plans; those that stayed longest in the race."
    return Grid.of("Plans tried", ("plan", "cost", "seems", "error", "runs"), rows, note)


def _assumptions(sought: Sought, prices: Prices) -> tuple[str, ...]:
    effort, baseline = sought.question.effort, sought.baseline
    ranges = "; ".join(f"{dial.name} {_range(dial.settings)}" for dial in sought.question.dials)
    price = f"{prices.rep_month:,.0f} a month, where its team has no price of its own"
    done = f"{len(sought.trials)} plans were simulated in {sought.replications:,} runs with all that confirmed them"
    return (
        f"Dials: {ranges}.",
        f"A rep costs {price}; leads of channels without a price cost nothing.",
        f"As things are, the chance is {baseline.value:.0%} ± {baseline.error:.0%}, by {effort.base} runs.",
        f"{done}; {sought.skipped} more were proposed, dearer than one that does. There may be cheaper ones.",
        "The chance is that of luck, in the funnel as it is given; that its numbers may be wrong is not in it.",
    )


def _range(settings: tuple[object, ...]) -> str:
    first, last = settings[0], settings[-1]
    return ", ".join(map(str, settings)) if isinstance(first, str) else f"{first:g} to {last:g}"
