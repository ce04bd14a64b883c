"""The causes that the simulator itself gives for a loss, or for a deal being without an owner."""

from sim.spec import FunnelSpec

NO_RESPONSE = "no response"
"""The buyer's patience ended before the first touch began."""
BAD_FIT = "bad fit"
"""A stage's gate turned the lead away."""
OPTED_OUT = "opted out"
"""The lead left the nurture sequence."""

HELD = "held in queue"
LEFT = "nobody eligible"
IN_POOL = "in the pool"

OWN_CAUSES = (NO_RESPONSE, BAD_FIT, OPTED_OUT, HELD, LEFT, IN_POOL)


def vocabulary(spec: FunnelSpec) -> tuple[str, ...]:
    """Return every cause that a run of the funnel can write, our own first, in an order that luck doesn't change."""
    named = (cause for stage in spec.market.stages for cause in stage.causes)
    return tuple(dict.fromkeys((*OWN_CAUSES, *named)))
