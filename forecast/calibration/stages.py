"""The stages: how many touches, how much effort, how long buyers take, how many advance and what moves the odds.

Where the history logs touches, dwell is taken apart into waiting, effort and the buyer's answers; where it doesn't, a
stage is one touch without effort, and all its dwell is the buyer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.calibration.arrivals import names_of
from forecast.calibration.estimates import Estimates
from forecast.calibration.logistic import Odds, fit_odds
from forecast.calibration.people import WorkHours
from forecast.calibration.scores import are_known, normal_score
from forecast.calibration.survival import TwoWays, kaplan_meier, two_ways
from forecast.dataset import CalibrationData, Flags
from sim.distributions import Discrete, Distribution, Empirical, Exponential, Floats
from sim.eventlog import NONE
from sim.kpis.visits import Outcome
from sim.market import WON, Stage
from sim.units import HOUR

NO_RESPONSE = "no response"
_TOUCHED_STAGE = 0.02
"""A stage counts as worked by hand where at least this share of its closed visits had a touch."""
_AUTOMATIC = 0.05
"""It counts as partly automatic where at least this share of the visits that advanced had none."""
_MOST_TOUCHES = 40
_LEFT_OPEN, _MANY_TIMES = 4 * HOUR, 8.0
"""A touch that took more working time than this, and so many times the stage's median, was left open on the screen; how
long it really took is unknown."""
_SPEED_REFERENCE = 1 / 24
_SPREAD = 0.7
"""Standard deviation of the prior on effects of names (log odds): most lie within a factor of four of each other."""


@dataclass(frozen=True)
class StageView:
    """One stage's visits, ready for estimation: its columns are those of `CalibrationData.visits`."""

    name: str
    visits: pd.DataFrame
    touched: bool
    """Whether the stage is worked by hand."""

    @property
    def where(self) -> str:
        """What estimates call it."""
        return f"stage {self.name!r}"


@dataclass(frozen=True)
class Fitted:
    """The stages, and each rep's skill in them: stage name → actor code → log odds, shrunk towards 0."""

    stages: tuple[Stage, ...]
    skills: Mapping[str, Mapping[int, float]]
    untouched: frozenset[str]
    """Stages whose touches the history doesn't log."""


def calibrate_stages(data: CalibrationData, hours: WorkHours, notes: Estimates) -> Fitted:
    """Return every stage of the history that a lead entered in the period, and who does well in it."""
    names = data.log.vocabulary["stage"]
    stages, skills, untouched = [], {}, set()
    everything = data.visits[data.visits["outcome"] != Outcome.MERGED]
    for code in np.unique(everything["stage"]).tolist():
        visits = everything[everything["stage"] == code]
        closed = visits[visits["outcome"] != Outcome.OPEN]
        touched = len(closed) > 0 and float((closed["touches"] > 0).mean()) >= _TOUCHED_STAGE
        stage, skill = _stage(data, StageView(names[code], visits, touched), hours, notes)
        if not touched:
            untouched.add(stage.name)
        stages.append(stage)
        skills[stage.name] = skill
    return Fitted(tuple(stages), skills, frozenset(untouched))


def _stage(
    data: CalibrationData, view: StageView, hours: WorkHours, notes: Estimates
) -> tuple[Stage, Mapping[int, float]]:
    automatic = _automatic(view, notes) if view.touched else {}
    patience = _patience(view, notes) if view.touched and not automatic else None
    worked = view.visits
    if patience is not None:
        worked = worked[(worked["touches"] > 0) | _advanced(worked)]
    curves = two_ways(worked["age"].to_numpy(), _advanced(worked), _gone(worked))
    odds, skill = _odds(data, view, worked, curves, notes)
    times: Any = (
        _times_by_touch(data, view, worked, hours, notes) if view.touched else _times_in_one(view, curves, notes)
    )
    return Stage(
        name=view.name, patience=patience, **automatic, **times, **odds, **_exits(data, worked, notes, view.where)
    ), skill


def _advanced(visits: pd.DataFrame) -> Flags:
    return visits["outcome"].isin([Outcome.ADVANCED, Outcome.RETURNED]).to_numpy()


def _gone(visits: pd.DataFrame) -> Flags:
    return visits["outcome"].isin([Outcome.LOST, Outcome.NURTURED]).to_numpy()


def _automatic(view: StageView, notes: Estimates) -> dict[str, Any]:
    """Return the share of visits that a system handles and how long it takes, where there is such a share."""
    closed = view.visits[view.visits["outcome"] != Outcome.OPEN]
    untouched = closed["touches"] == 0
    advanced = _advanced(closed)
    if not advanced.any() or float(untouched[advanced].mean()) < _AUTOMATIC:
        return {}
    share, n = float(untouched.mean()), len(closed)
    notes.note(view.where, "automatic", share, error=np.sqrt(share * (1 - share) / n), n=n, how="maximum likelihood")
    return {"automatic": share, "automatic_latency": Empirical.of(closed["age"][untouched].to_numpy())}


def _patience(view: StageView, notes: Estimates) -> Distribution | None:
    """Return the exponential patience: losses without a touch by the days that buyers waited for one."""
    untouched = view.visits["touches"] == 0
    left = untouched & _gone(view.visits)
    waited = (view.visits["first_start"] - view.visits["entered"]).where(~untouched, view.visits["age"])
    automatic = untouched & _advanced(view.visits)
    exposure, events = float(waited[~automatic].clip(lower=0).sum()), int(left.sum())
    if events < 5 or exposure <= 0:
        return None
    mean = exposure / events
    notes.note(view.where, "patience", mean, error=mean / np.sqrt(events), n=events, how="maximum likelihood, censored")
    return Exponential(mean)


# how long it takes


def _times_in_one(view: StageView, curves: TwoWays, notes: Estimates) -> dict[str, Distribution]:
    """One touch without effort, and the dwell as the buyer's answer."""
    latency, lost = curves.duration(advancing=True), curves.duration(advancing=False)
    notes.note(view.where, "effort", 0.0, how="assumed: the history logs no touches here")
    notes.note(view.where, "latency", latency.mean, n=len(view.visits), how="Aalen-Johansen")
    notes.note(view.where, "lost_latency", lost.mean, n=len(view.visits), how="Aalen-Johansen")
    return {"latency": latency, "lost_latency": lost}


def _times_by_touch(
    data: CalibrationData, view: StageView, worked: pd.DataFrame, hours: WorkHours, notes: Estimates
) -> dict[str, Distribution]:
    touches = data.touches_everywhere
    touches = touches[touches["visit"].isin(worked["visit"])]
    gaps = answer_gaps(touches, worked)
    times = _lead_in(view, worked, notes)
    effort = _effort(touches, hours)
    times["effort"] = Empirical.of(effort)
    notes.note(
        view.where, "effort", effort.mean(), error=effort.std() / np.sqrt(len(effort)), n=len(effort), how="empirical"
    )
    for prefix, chosen in (("", _advanced(worked)), ("lost_", _gone(worked))):
        counts = worked["touches"][chosen].clip(1, _MOST_TOUCHES)
        its = gaps[gaps["visit"].isin(worked["visit"][chosen])]
        if len(counts) and len(its):
            times[f"{prefix}touches"] = _counts(counts.to_numpy())
            times[f"{prefix}latency"] = kaplan_meier(its["gap"].to_numpy(), its["ended"].to_numpy())
            error = counts.std() / np.sqrt(len(counts))
            notes.note(view.where, f"{prefix}touches", counts.mean(), error=error, n=len(counts), how="empirical")
            latency = times[f"{prefix}latency"].mean
            error = its["gap"].std() / np.sqrt(len(its))
            notes.note(
                view.where, f"{prefix}latency", latency, error=error, n=len(its), how="Kaplan-Meier, with waiting"
            )
    return times


def _lead_in(view: StageView, worked: pd.DataFrame, notes: Estimates) -> dict[str, Distribution]:
    """Return the days until the first touch; `without_waiting` takes out what was waiting for a rep."""
    delay, touched = first_delays(worked)
    found = kaplan_meier(delay, touched)
    notes.note(view.where, "lead_in", found.mean, n=len(delay), how="Kaplan-Meier, with waiting")
    return {"lead_in": found}


def first_delays(visits: pd.DataFrame) -> tuple[Floats, Flags]:
    """Return the days until the first touch, or until the exit or the as-of date, and whether there was a touch."""
    touched = (visits["touches"] > 0).to_numpy()
    delay = (visits["first_start"] - visits["entered"]).where(touched, visits["age"]).to_numpy()
    return np.maximum(delay, 0.0), touched


def _counts(counts: npt.NDArray[np.int64]) -> Discrete:
    values, how_often = np.unique(counts, return_counts=True)
    return Discrete(tuple(values.astype(float).tolist()), tuple((how_often / how_often.sum()).tolist()))


def answer_gaps(touches: pd.DataFrame, worked: pd.DataFrame) -> pd.DataFrame:
    """Return the days from the end of each touch to the next start, or to the exit: ``visit``, ``gap``, ``ended``."""
    stays = worked.set_index("visit")
    exits = (stays["entered"] + stays["age"]).reindex(touches["visit"]).to_numpy()
    still_open = (stays["outcome"] == Outcome.OPEN).reindex(touches["visit"]).to_numpy()
    following = touches.groupby("visit")["start"].shift(-1)
    last = following.isna().to_numpy()
    until = following.where(~last, exits).to_numpy()
    gap = np.maximum(until - touches["end"].to_numpy(), 0.0)
    return pd.DataFrame({"visit": touches["visit"].to_numpy(), "gap": gap, "ended": ~(last & still_open)})


def _effort(touches: pd.DataFrame, hours: WorkHours) -> Floats:
    """Return working time per touch: the part of each touch that lies in its rep's hours, but for those left open."""
    spans = touches[touches["end"] >= touches["start"]]
    worked = hours.worked(spans["actor"].to_numpy(), spans["start"].to_numpy(), spans["end"].to_numpy())
    done = worked[worked <= max(_LEFT_OPEN, _MANY_TIMES * float(np.median(worked)))] if len(worked) else worked
    return done if len(done) else np.zeros(1)


# how it ends


def _odds(
    data: CalibrationData, view: StageView, worked: pd.DataFrame, curves: TwoWays, notes: Estimates
) -> tuple[dict[str, Any], dict[int, float]]:
    """Return the chance to advance with the effects on its log odds, and the reps' skills.

    Open visits count with the chance that they still advance at their age, so that a young funnel isn't taken for a bad
    one.
    """
    outcome = _advanced(worked).astype(np.float64)
    still = ~(_advanced(worked) | _gone(worked))
    outcome[still] = curves.chance_still_to_advance(worked["age"].to_numpy()[still])
    features, names, spread = _features(data, view, worked)
    if not len(worked) or outcome.min() == outcome.max():
        share = float(outcome.mean()) if len(worked) else 0.0
        notes.note(view.where, "advance", share, n=len(worked), how="maximum likelihood")
        return {"advance": share}, {}
    odds = fit_odds(features, outcome, spread)
    skill = rep_skills(worked["owner"].to_numpy(), outcome, 1 / (1 + np.exp(-features @ odds.effect)))
    for kind in {what for what, _ in names if what.endswith("_effects")}:
        places = [place for place, (what, _) in enumerate(names) if what == kind]
        group = slice(places[0], places[-1] + 1)
        odds = odds.against_average(group, features[:, group].mean(axis=0))
    return _read_odds(view, names, odds, len(worked), notes), skill


def rep_skills(owner: npt.NDArray[np.int64], outcome: Floats, chance: Floats) -> dict[int, float]:
    """Return what each rep adds to the log odds beyond what the deals explain, shrunk towards 0.

    One score step per rep, then the random-effects weights of DerSimonian and Laird (1986, "Meta-analysis in clinical
    trials"): all of shape (visits,).
    """
    owned = owner != NONE
    table = pd.DataFrame({"owner": owner, "excess": outcome - chance, "information": chance * (1 - chance)})[owned]
    sums = table.groupby("owner").sum()
    sums = sums[sums["information"] > 0]
    if len(sums) < 3:
        return {}
    information = sums["information"]
    effect = sums["excess"] / information
    centre = float((effect * information).sum() / information.sum())
    spread = float((information * (effect - centre) ** 2).sum()) - (len(sums) - 1)
    between = max(0.0, spread / float(information.sum() - (information**2).sum() / information.sum()))
    shrunk = (effect - centre) * between / (between + 1 / information)
    return {int(str(code)): float(value) for code, value in shrunk.items()}


def _features(
    data: CalibrationData, view: StageView, worked: pd.DataFrame
) -> tuple[Floats, list[tuple[str, str]], Floats]:
    """Return the regression's columns with their names and prior spreads: an intercept, score, speed, and names."""
    leads = pd.DataFrame(dict(data.log.leads)).loc[worked["lead"]]
    columns, names, spread = [np.ones(len(worked))], [("advance", "")], [np.inf]
    score = leads["score"].to_numpy()
    if are_known(score):
        columns.append(normal_score(score))
        names.append(("quality_slope", ""))
        spread.append(np.inf)
    if view.touched:
        columns.append(-_doublings(worked))
        names.append(("speed_slope", ""))
        spread.append(_SPREAD)
    for kind in ("channel", "segment", "product"):
        texts = np.array(names_of(data, kind, leads[kind].tolist()))
        for name in np.unique(texts) if len(np.unique(texts)) > 1 else ():
            columns.append((texts == name).astype(np.float64))
            names.append((f"{kind}_effects", str(name)))
            spread.append(_SPREAD)
    return np.column_stack(columns), names, np.array(spread)


def _doublings(worked: pd.DataFrame) -> Floats:
    """Return how often the first touch's delay doubled the reference; 0 where there was none."""
    delay = (worked["first_start"] - worked["entered"]).fillna(0.0).to_numpy()
    return np.asarray(np.log2(np.maximum(delay, _SPEED_REFERENCE) / _SPEED_REFERENCE), np.float64)


def _read_odds(view: StageView, names: list[tuple[str, str]], odds: Odds, n: int, notes: Estimates) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (what, name), value, se in zip(names, odds.effect.tolist(), odds.error.tolist(), strict=True):
        if what == "advance":
            chance = 1 / (1 + np.exp(-value))
            found[what] = float(chance)
            notes.note(
                view.where, what, chance, error=se * chance * (1 - chance), n=n, how="penalised maximum likelihood"
            )
        elif what.endswith("_effects"):
            found.setdefault(what, {})[name] = value
            notes.note(view.where, f"{what} {name}", value, error=se, n=n, how="penalised maximum likelihood")
        else:
            found[what] = max(0.0, value) if what == "speed_slope" else value
            notes.note(view.where, what, value, error=se, n=n, how="penalised maximum likelihood")
    return found


def _exits(data: CalibrationData, worked: pd.DataFrame, notes: Estimates, where: str) -> dict[str, Any]:
    """Return where advancing leads go, what share of the others is nurtured, and the causes of the lost."""
    stages, causes = data.log.vocabulary["stage"], data.log.vocabulary["cause"]
    onward = worked["after"][_advanced(worked)]
    targets = {(WON if code == NONE else stages[code]): float(share) for code, share in _shares(onward).items()}
    gone = worked[_gone(worked)]
    nurtured = float((gone["outcome"] == Outcome.NURTURED).mean()) if len(gone) else 0.0
    lost = gone["cause"][gone["outcome"] == Outcome.LOST]
    named = {(causes[code] if code >= 0 else "unknown"): float(share) for code, share in _shares(lost).items()}
    for cause, share in named.items():
        error = np.sqrt(share * (1 - share) / len(lost))
        notes.note(where, f"cause {cause}", share, error=error, n=len(lost), how="maximum likelihood")
    return {"next": targets, "nurture": nurtured, "causes": named or {"no decision": 1.0}}


def _shares(codes: "pd.Series[int]") -> Mapping[int, float]:
    shares = codes.value_counts(normalize=True).sort_index()
    return {int(str(code)): float(share) for code, share in shares.items()}
