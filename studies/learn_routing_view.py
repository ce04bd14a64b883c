"""A learned index in words and tables: what counts for whom, what it won on fresh luck, and how it was found."""

from collections.abc import Mapping

import pandas as pd

from scenarios.compare import HIGHER_IS_BETTER, Comparison, Verdict
from scenarios.learning.space import NAME, index_of
from scenarios.learning.training import Learned
from scenarios.scenario import Scenario
from studies.comparison_view import by_how_much
from studies.grid import Grid
from studies.report import Section
from studies.request import Request
from studies.wording import day, title_of

_WORDS: Mapping[str, tuple[str, str]] = {
    "load": ("few open deals", "many open deals"),
    "todo": ("few tasks waiting", "many tasks waiting"),
    "speed": ("quick", "slow"),
    "skill": ("skilled at this kind of deal", "unskilled, so that the skilled are spared"),
    "soon": ("at work soon", "at work late"),
    "value_skill": ("skilled for valuable leads, unskilled for poor ones", "unskilled for valuable leads"),
    "value_todo": ("few tasks waiting for valuable leads, many for poor ones", "many tasks waiting for valuable leads"),
}
"""Feature → what a weight above 0 asks for, and one below 0."""


def answer_of(main: Comparison, request: Request, near: pd.DataFrame | None = None) -> str:
    """Say in a sentence or two what was learned, judged on fresh luck; ``near`` has each plan's share of the limit."""
    return " ".join(filter(None, (_judged(main, request), _near(near))))


def _judged(main: Comparison, request: Request) -> str:
    rows = {str(name): dict(row) for name, row in main.table.to_dict("index").items()}
    mine, rivals = rows[NAME], [name for name in main.candidates if name != NAME]
    of = f"{title_of(main.kpi)} over {request.days:g} days from {day(request.funnel.opening.as_of)}"
    if not index_of(request.plans[-1]):
        return f"Nothing was learned: no index did better in {of} than {main.baseline} in training."
    if mine["verdict"] != Verdict.BETTER:
        return f"The learned index isn't clearly better than {main.baseline} in {of}, judged on fresh luck."
    by = f"{of} {by_how_much(mine, main)} against {main.baseline}, judged on fresh luck"
    if NAME not in main.candidates:
        best = _leader(rows, main.kpi)
        return f"The learned index does better ({by}), but '{best}' does better still."
    if rivals:
        named = ", ".join(f"'{name}'" for name in rivals)
        return f"The learned index does better: {by}. But {named} can still be the best."
    return f"The learned index does best of {len(rows)} plans: {by}."


def _leader(rows: Mapping[str, Mapping[object, float]], kpi: str) -> str:
    sign = 1 if HIGHER_IS_BETTER[kpi] else -1
    return max(rows, key=lambda name: sign * rows[name]["mean"])


def _near(near: pd.DataFrame | None) -> str:
    if near is None or near["share"].isna().any():
        return ""
    share = dict(zip(near["scenario"].astype(str), near["share"].astype(float), strict=True))
    mine = share.pop(NAME)
    best = max(share, key=share.__getitem__)
    return f"It gets {mine:.1%} of the most that any routing policy can book, '{best}' {share[best]:.1%}."


def weights_grid(plan: Scenario) -> Grid:
    """Lay out what counts for whom, the strongest first."""
    rows = (
        (team, _WORDS[feature][weight < 0], feature, f"{abs(weight):.2g}")
        for team, index in index_of(plan).items()
        for feature, weight in sorted(index.weights.items(), key=lambda each: -abs(each[1]))
        if weight
    )
    note = "A lead goes to the rep with the most points; a team that isn't here hands out leads as it does today."
    return Grid.of("What counts", ("team", "a rep gets points for being", "feature", "weight"), rows, note, texts=3)


def learning_section(learned: Learned, weights: Grid, seed: int) -> Section:
    """Return the report's section about the learning."""
    tried = f"{len(learned.trials)} sets of weights were tried in {learned.replications:,} runs with seed {seed}"
    sentences = (
        f"{tried}, which the comparison above has not met; there may be better ones.",
        "Weights that the best of them could do without were taken out; those left are beside a team's strongest.",
        "learned.yaml in the run's folder holds the plan, for headrace compare --scenarios.",
    )
    return Section("What was learned", sentences, (weights,))
