"""Training levers: working time now for better odds later, as long as it is remembered."""

from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, timedelta

from scenarios.levers.named import find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.errors import require
from sim.spec import FunnelSpec
from sim.workforce import Rep, SkillGain


@dataclass(frozen=True, slots=True)
class Train(Lever):
    """Train a team: its reps are away for some days, and do better from then on.

    How much better is the company's assumption: no study gives a figure that carries over from one firm to another.

    Attributes
    ----------
    team
        Name of the team; all its reps are trained, managers too.
    first
        First day of the training.
    log_odds
        Added to the log odds of advancing when it is over; 0.2 makes odds of one in two into 55%.
    days
        Days (dates, weekends included) on which the trainees do nothing else.
    stage
        Name of the stage where it helps; ``*`` is every one.
    half_life
        Days after which half of it is forgotten; None: it stays.
    """

    team: str
    first: date
    log_odds: float
    _: KW_ONLY
    days: int = 1
    stage: str = "*"
    half_life: float | None = None

    def __post_init__(self) -> None:
        """Refuse a training of less than no days."""
        require(self.days >= 0, f"train: days must be 0 or more, got {self.days}")
        self._gain()

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the reps away, and better afterwards."""
        find("team", spec.operation.teams, self.team)
        if self.stage != "*":
            find("stage", spec.market.stages, self.stage)
        reps = tuple(self._train(rep) if rep.team == self.team else rep for rep in spec.operation.reps)
        return replace(spec, operation=replace(spec.operation, reps=reps))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the fees, if it is held within the horizon; the working time shows in what isn't done in it."""
        held = self.days > 0 and horizon.days_between(self.first, self.first) > 0
        return prices.training * len(spec.operation.team_reps(self.team)) * held

    def describe(self) -> str:
        """Say who learns what when."""
        days = "day" if self.days == 1 else "days"
        where = "every stage" if self.stage == "*" else f"stage {self.stage!r}"
        fades = "" if self.half_life is None else f", half of it forgotten after {self.half_life:g} days"
        gain = f"{self.log_odds:+g} log odds at {where} afterwards{fades}"
        return f"Train team {self.team!r} for {self.days} {days} from {self.first.isoformat()}: {gain}."

    def _gain(self) -> SkillGain:
        over = self.first + timedelta(days=self.days)
        return SkillGain(since=over, log_odds=self.log_odds, stage=self.stage, half_life=self.half_life)

    def _train(self, rep: Rep) -> Rep:
        away = ((self.first, self.first + timedelta(days=self.days - 1)),) if self.days else ()
        gains = (self._gain(),) if self.log_odds else ()
        return replace(rep, leave=(*rep.leave, *away), gains=(*rep.gains, *gains))
