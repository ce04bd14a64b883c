"""The order of stages where nobody gave one: a stage stands before another if most deals that saw both saw it first."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.crm.facts import Facts, What
from sim.eventlog import NONE, Floats

_NEVER = np.iinfo(np.int32).max


def in_funnel_order(facts: Facts) -> Facts:
    """Put the stages of the facts into the order in which deals see them; those that nobody enters are left out."""
    stages = facts.texts["stage"]
    entering = facts.is_a(What.ENTERED)
    earlier = _shares_earlier(_first_visits(facts.take(entering), len(stages)))
    seen = np.unique(facts.stage[entering])
    ranked = sorted((int(code) for code in seen), key=lambda code: (-earlier[code], stages[code]))
    place = np.full(len(stages) + 1, NONE, np.int32)
    place[ranked] = np.arange(len(ranked))
    moved = np.where(entering, place[facts.stage], facts.stage).astype(np.int32)
    return replace(facts, stage=moved, texts={**facts.texts, "stage": tuple(stages[code] for code in ranked)})


def _first_visits(entering: Facts, n_stages: int) -> npt.NDArray[np.int32]:
    """Return one row a lead: for each stage how many entries came before its first."""
    order = np.lexsort((entering.row, entering.time, entering.lead_of))
    visits = pd.DataFrame({"lead": entering.lead_of[order], "stage": entering.stage[order]}).drop_duplicates()
    lead, _ = pd.factorize(visits["lead"])
    first = np.full((int(lead.max(initial=-1)) + 1, n_stages), _NEVER, np.int32)
    first[lead, visits["stage"]] = visits.groupby("lead").cumcount()
    return first


def _shares_earlier(first: npt.NDArray[np.int32]) -> Floats:
    """For each stage, summed over the others: the share of the deals that saw both and saw this one first."""
    both = first != _NEVER
    shares = np.zeros(first.shape[1])
    for stage in range(first.shape[1]):
        here = both[:, stage]
        before = (first[here, stage][:, None] < first[here]) & both[here]
        met = np.maximum(both[here].sum(axis=0), 1)
        shares[stage] = np.where(both[here].any(axis=0), before.sum(axis=0) / met, 0.5).sum()
    return shares
