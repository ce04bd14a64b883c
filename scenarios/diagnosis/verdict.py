"""The verdict: the main cause and where it sits, or a clean bill of health."""

from dataclasses import dataclass

import numpy as np

from scenarios.diagnosis.attribution import Attribution
from scenarios.diagnosis.plans import Cause


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a diagnosis comes to.

    Attributes
    ----------
    cause
        The main cause; None for a healthy funnel.
    part
        The channel, stage or team at which taking it away gains the most; empty for a healthy funnel.
    sure
        How sure it is that the cause outweighs the next one, 0 to 1; NaN for a healthy funnel or a single cause.
    next
        The cause with the second largest share, or None.
    """

    cause: Cause | None
    part: str
    sure: float
    next: Cause | None

    @property
    def healthy(self) -> bool:
        """Whether no cause costs what is worth acting on."""
        return self.cause is None


def verdict_on(found: Attribution, material: float) -> Verdict:
    """Judge an attribution.

    Parameters
    ----------
    found
        What each cause keeps away.
    material
        Gain, as a share of the baseline's mean, from which a cause is worth acting on.

    Returns
    -------
    Verdict
        The cause with the largest share of those whose gain alone is material and more than luck.
    """
    ranked = found.ranked()
    guilty = [cause for cause in ranked if _is_material(found, cause, material)]
    if not guilty:
        return Verdict(None, "", np.nan, None)
    main = guilty[0]
    others = [cause for cause in ranked if cause is not main]
    parts = found.ranked_parts(main)
    return Verdict(main, parts[0] if parts else "", found.largest[main] if others else np.nan, next(iter(others), None))


def _is_material(found: Attribution, cause: Cause, material: float) -> bool:
    gain = found.effects[cause].alone
    enough = gain.value >= material * abs(found.baseline)
    return bool(enough and gain.low > 0)
