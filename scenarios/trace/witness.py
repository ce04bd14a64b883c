"""A witness at the desk: sees every routing decision about one lead while it is made, and changes nothing.

The policy itself decides. Its filters, rankings and tie rule are only wrapped in parts that write down what the inner
part has just said, so a reason can't differ from the rule that gave it, whatever the policy.
"""

from dataclasses import dataclass, field, fields, replace

import numpy as np

from sim.engine.opening import OPENING_KEY
from sim.opening import Opening
from sim.routing.policy import Filter, Ranking, Routing, Ties
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole
from sim.spec import FunnelSpec
from sim.streams import name_key


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a ranking said: its ``name``, whom it was ``asked`` about, and a ``key`` for each of them, lowest best."""

    name: str
    asked: Flags
    keys: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One look for a rep, all arrays of shape (reps,).

    Attributes
    ----------
    time
        Days since the origin.
    names
        The team's reps, in the order of the roster.
    managers, away, excluded
        Who gets no ordinary leads, who is on leave, and who may not get this lead any more.
    open_deals, wip_limit
        What each holds, and may hold.
    filters
        Name of each filter and whom it allows.
    candidates
        Who could have it.
    idle_only
        Whether only those with nothing to do were asked: the lead lies in the pool.
    rankings
        What each ranking said, in its turn.
    tied
        Who was left for the tie rule.
    ties
        The tie rule.
    chosen
        Position of who got it, -1 for nobody.
    """

    time: float
    names: tuple[str, ...]
    managers: Flags
    away: Flags
    excluded: Flags
    open_deals: Whole
    wip_limit: Whole
    filters: tuple[tuple[str, Flags], ...]
    candidates: Flags
    idle_only: bool
    rankings: tuple[Ranked, ...]
    tied: Flags
    ties: Ties
    chosen: int


@dataclass(slots=True)
class Diary:
    """What the witness has written down about one lead, named by the ``key`` and ``number`` of its address."""

    key: int
    number: int
    choices: list[Choice] = field(default_factory=list)
    excluded: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    filters: list[tuple[str, Flags]] = field(default_factory=list)
    rankings: list[Ranked] = field(default_factory=list)
    candidates: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    tied: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))

    def is_about(self, lead: LeadView) -> bool:
        """Whether a lead is the one that is followed."""
        return lead.address[2:4] == (self.key, self.number)

    def begin(self, excluded: Flags) -> None:
        """Begin to look for a rep."""
        self.excluded, self.filters, self.rankings = excluded.copy(), [], []

    def conclude(self, routing: Routing, team: TeamState, lead: LeadView, asked: Flags, chosen: int) -> None:
        """Note whom the look has found."""
        choice = Choice(
            time=lead.now,
            names=team.names,
            managers=~team.eligible,
            away=team.away.copy(),
            excluded=self.excluded,
            open_deals=team.open_deals.copy(),
            wip_limit=team.wip_limit,
            filters=tuple(self.filters),
            candidates=self.candidates,
            idle_only=bool((asked != self.candidates).any()),
            rankings=tuple(self.rankings),
            tied=self.tied if chosen >= 0 and self.rankings else asked.copy(),
            ties=routing.ties,
            chosen=chosen,
        )
        self.choices.append(choice)


@dataclass(frozen=True)
class _WatchedFilter(Filter):
    inner: Filter
    diary: Diary

    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        self.inner.forbid(team, lead, allowed)
        if self.diary.is_about(lead):
            self.diary.filters.append((name_of(self.inner), allowed.copy()))


@dataclass(frozen=True)
class _WatchedRanking(Ranking):
    inner: Ranking
    diary: Diary

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        self.inner.rank(team, lead, candidates, keys)
        if self.diary.is_about(lead):
            self.diary.rankings.append(Ranked(name_of(self.inner), candidates.copy(), keys.copy()))

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        self.inner.remember(team, lead, candidates, chosen)


@dataclass(frozen=True)
class WatchedRouting(Routing):
    """A policy with a witness."""

    diary: Diary = field(default_factory=lambda: Diary(0, 0))

    def candidates(self, team: TeamState, lead: LeadView, excluded: Flags) -> Flags:
        """Return who may get the lead now, and note it."""
        if not self.diary.is_about(lead):
            return super().candidates(team, lead, excluded)
        self.diary.begin(excluded)
        self.diary.candidates = super().candidates(team, lead, excluded)
        return self.diary.candidates.copy()

    def choose(self, team: TeamState, lead: LeadView, candidates: Flags) -> int:
        """Return the candidate who gets the lead, and note how that came."""
        chosen = super().choose(team, lead, candidates)
        if self.diary.is_about(lead):
            self.diary.conclude(self, team, lead, candidates, chosen)
        return chosen

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        """Note that ``chosen`` got the lead; one that nobody chose has claimed it."""
        super().remember(team, lead, candidates, chosen)
        last = self.diary.choices[-1] if self.diary.choices else None
        if self.diary.is_about(lead) and not (last and last.time == lead.now and last.chosen == chosen):
            self.diary.conclude(self, team, lead, candidates, chosen)

    def _break_ties(self, team: TeamState, lead: LeadView, left: Flags, keys: Floats) -> None:
        if self.diary.is_about(lead):
            self.diary.tied = left.copy()
        super()._break_ties(team, lead, left, keys)


def watch(spec: FunnelSpec, diary: Diary) -> FunnelSpec:
    """Return the same funnel with a witness at every desk; it runs on the reference engine."""
    teams = tuple(replace(team, routing=watched_routing(team.routing, diary)) for team in spec.operation.teams)
    return replace(spec, operation=replace(spec.operation, teams=teams))


def watched_routing(routing: Routing, diary: Diary) -> WatchedRouting:
    """Return the same policy with a witness who writes into a diary."""
    plain = {part.name: getattr(routing, part.name) for part in fields(Routing)}
    plain["eligible"] = tuple(_WatchedFilter(part, diary) for part in routing.eligible)
    plain["rank"] = tuple(_WatchedRanking(part, diary) for part in routing.rank)
    return WatchedRouting(**plain, diary=diary)


def diary_for(label: str, opening: Opening) -> Diary | None:
    """Return an empty diary for the lead of a label (`sim.eventlog.EventLog.lead_labels`); None if it can't be one."""
    labels = [deal.label for deal in opening.deals]
    if label in labels:
        return Diary(OPENING_KEY, labels.index(label))
    channel, _, number = label.rpartition("-")
    return Diary(name_key(channel), int(number)) if number.isdecimal() else None


def name_of(part: Filter | Ranking) -> str:
    """Return a filter's or ranking's name in words; a user's policy is called by its function."""
    function = getattr(part, "choose_rep", None)
    if function is not None:
        return str(getattr(function, "__name__", "choose_rep"))
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type(part).__name__)
    return words.strip()
