"""Runs that answer a question of their own, in one sentence each: what they found, out of their tables."""

from collections.abc import Callable, Mapping

from sim.kpis.summary import MONEY
from studies.language import Words
from studies.pack.document import Quantity
from studies.pack.plan_names import plan_of
from studies.pack.speaking import named, say
from studies.store import Run
from studies.wording import unit_of

_SHORT = 0.5
"""Share of the runs in which a team lacks hours, from which on it is called short."""


def claim_of(run: Run, words: Words) -> str:
    """Return what a run found, in a sentence without its stop; empty for a kind of run that isn't told here."""
    needed, teller = _TELLERS.get(run.manifest.verb, _NOBODY)
    return teller(run, words) if needed <= set(run.tables) else ""


def number_name(name: str, words: Words) -> str:
    """Return what a number of the market is called: its kind, and what it is of (`scenarios.beliefs`)."""
    kind, _, of = name.partition(" ")
    return words(f"belief.{kind}", of=of) if of else words(f"belief_of_all.{kind}")


def _diagnosis(run: Run, words: Words) -> str:
    """Tell the verdict: that of the run's own sentence, for the rule that finds it stands in `scenarios.diagnosis`."""
    causes, kpi = run.table("causes"), _kpi(run)
    shares = causes[causes["how"] == "share"].sort_values("gain", ascending=False, kind="stable")
    guilty = [cause for cause in shares["cause"] if f"Main cause: {cause}," in run.manifest.answer]
    cause = str(guilty[0] if guilty else shares["cause"].iloc[0])
    gain = float(causes[(causes["how"] == "alone") & (causes["cause"] == cause)]["gain"].iloc[0])
    kpis = run.table("kpis")
    relative = words.percent(gain / float(kpis[kpis["scenario"] == kpis["scenario"].iloc[0]][kpi].mean()), 1)
    said = {"cause": named(words, "cause", cause), "relative": relative}
    if not guilty:
        return words("told.healthy", **said)
    parts = run.table("parts")
    its = parts[parts["cause"] == cause].sort_values("gain", ascending=False, kind="stable")
    more = say(words, Quantity(gain, unit_of(kpi)))
    return words(
        "told.cause",
        part=named(words, "team", str(its["part"].iloc[0])),
        gain=more,
        kpi=named(words, "kpi", kpi),
        **said,
    )


def _hiring(run: Run, words: Words) -> str:
    months = run.table("staffing")
    short = months[months["short"] >= _SHORT].drop_duplicates("team")
    if short.empty:
        return words("told.nobody", first=months["month"].iloc[0], last=months["month"].iloc[-1])
    said = (words("told.short", team=row["team"], month=row["month"]) for row in short.to_dict("records"))
    return words("unit.listed").join(said)


def _goal(run: Run, words: Words) -> str:
    finalists, kpi = run.table("finalists"), _kpi(run)
    passed = finalists[finalists["passed"]].sort_values("cost", kind="stable")
    best = (passed if len(passed) else finalists.sort_values("chance", ascending=False, kind="stable")).iloc[0]
    said = {
        "plan": plan_of(words, str(best["plan"])),
        "kpi": named(words, "kpi", kpi),
        "target": say(words, Quantity(float(str(run.manifest.settings["target"])), unit_of(kpi))),
        "chance": words.percent(float(best["chance"])),
    }
    if passed.empty:
        return words("told.out_of_reach", **said)
    return words("told.sought", cost=say(words, Quantity(float(best["cost"]), MONEY, signed=True)), **said)


def _sensitivity(run: Run, words: Words) -> str:
    first, kpi = run.table("tornado").head(2), _kpi(run)
    low, high = (Quantity(value, unit_of(kpi), signed=True) for value in sorted(first["difference"]))
    name = number_name(str(first["name"].iloc[0]), words)
    return words("told.moves", name=name, kpi=named(words, "kpi", kpi), low=say(words, low), high=say(words, high))


def _kpi(run: Run) -> str:
    return str(run.manifest.settings.get("kpi", "bookings"))


type _Teller = Callable[[Run, Words], str]

_NOBODY: tuple[frozenset[str], _Teller] = (frozenset(), lambda _, __: "")
_TELLERS: Mapping[str, tuple[frozenset[str], _Teller]] = {
    "diagnose": (frozenset({"causes", "parts", "kpis"}), _diagnosis),
    "hiring-plan": (frozenset({"staffing"}), _hiring),
    "seek": (frozenset({"finalists"}), _goal),
    "sensitivity": (frozenset({"tornado"}), _sensitivity),
}
"""Verb → the tables that its run must hold, and who tells it."""
