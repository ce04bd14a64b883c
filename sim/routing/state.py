"""What a routing policy may look at: the lead, and its team as plain arrays with one entry a rep."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.jit import rule
from sim.streams import Purpose, uniform

type Floats = npt.NDArray[np.float64]
type Whole = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]

NO_LIMIT = 2**31
"""Stands for "no limit" where a whole number is needed."""

_TIE = int(Purpose.TIE)


@dataclass(slots=True)
class LeadView:
    """A lead as routing sees it.

    Attributes
    ----------
    channel, region, segment, product, account
        Vocabulary codes.
    tier
        0 for the best tier.
    score, amount, value
        Score in [0, 100], list amount, and their product (expected value, with the score as a chance).
    now
        Days since the origin.
    stage
        Position of the stage in the chain.
    owner
        Rep of this team who last owned a deal of the same account, or -1.
    address
        Seed, replication, channel key, number and hop, for draws that belong to this routing.
    """

    channel: int
    region: int
    segment: int
    product: int
    account: int
    tier: int
    score: float
    amount: float
    value: float
    now: float
    stage: int
    owner: int = -1
    address: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)


@dataclass(slots=True)
class TeamState:
    """A team as routing sees it: every array has one entry a rep, in the order of the roster.

    The first block never changes during a run; the second is kept by the engine; the third is the policies' memory.
    """

    names: tuple[str, ...]
    keys: Whole
    """24 bits of each rep's name, for draws that don't depend on who else is in the team."""
    seniority: Whole
    speed: Floats
    weight: Floats
    wip_limit: Whole
    serves_region: Flags
    """Shape (reps, regions)."""
    serves_product: Flags
    """Shape (reps, products)."""
    odds: Floats
    """What each adds to a deal's log odds by skill on record and match: shape (reps, stages, products and unknown)."""
    eligible: Flags
    """False for managers."""

    open_deals: Whole = field(init=False)
    available_at: Floats = field(init=False)
    """When each is next at work: now for those who are."""
    todo: Whole = field(init=False)
    """Tasks that wait for each, or are at work."""
    away: Flags = field(init=False)
    """True for those who are on leave now; off shift isn't away."""
    assigned: Whole = field(init=False)
    assigned_today: Whole = field(init=False)
    today: int = field(init=False, default=-1)

    turns: int = field(init=False, default=0)
    """Assignments of the whole team so far."""
    last_turn: Whole = field(init=False)
    """Which of them was each rep's last, from 1; 0 is none. Times would tie where leads come in a batch."""
    credit: Floats = field(init=False)
    value_credit: Floats = field(init=False)
    worth_seen: Floats = field(init=False)
    """How many leads the team has been given, and the sum of their expected values: shape (2,)."""
    memory: Floats = field(init=False)
    """Free for a user's policy: 16 numbers a rep, zero at the start."""

    def __post_init__(self) -> None:
        """Start with nothing assigned."""
        n = len(self.names)
        self.open_deals = np.zeros(n, np.int64)
        self.available_at = np.zeros(n)
        self.todo = np.zeros(n, np.int64)
        self.away = np.zeros(n, np.bool_)
        self.assigned = np.zeros(n, np.int64)
        self.assigned_today = np.zeros(n, np.int64)
        self.last_turn = np.zeros(n, np.int64)
        self.credit = np.zeros(n)
        self.value_credit = np.zeros(n)
        self.worth_seen = np.zeros(2)
        self.memory = np.zeros((n, 16))

    def remember(self, rep: int, now: float) -> None:
        """Note that ``rep`` has been given a lead."""
        day = int(now // 1)
        if day != self.today:
            self.today = day
            self.assigned_today[:] = 0
        self.assigned[rep] += 1
        self.assigned_today[rep] += 1
        self.turns += 1
        self.last_turn[rep] = self.turns


@rule
def tie_luck(
    seed: int, replication: int, channel: int, number: int, hop: int, keys: Whole, left: Flags, luck: Floats
) -> None:
    """Write the lead's own uniform number for each rep who is ``left``, for this hop, into ``luck``: shapes (reps,)."""
    for i in range(len(keys)):
        if left[i]:
            luck[i] = uniform(seed, replication, channel, number, _TIE, keys[i], hop)
