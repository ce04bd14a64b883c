"""What an answer takes for granted, as the last page of every pack.

Each assumption has its value, whether it is the company's own data or a default, its source, and its grade
(`forecast.priors.GRADES`). Numbers of the company's own have no grade: the grades say how far a default is to be
trusted.
"""

from collections.abc import Iterator

import pandas as pd

from forecast.priors import Prior, evidence
from studies.forecast import TABLE as FORECAST
from studies.funnel_folder import ESTIMATES
from studies.language import Words
from studies.look import SCATTERED
from studies.pack.document import Cells, Page, Table
from studies.pack.speaking import named
from studies.store import Run
from studies.wording import DASH

_ASSUMED = "assumed"
"""How `forecast.calibration` marks a number that the history couldn't tell."""
_TOPICS = {
    "arrivals": ("rate_per_day", "dispersion", "batches"),
    "odds": ("advance", "automatic", "cause", "quality", "quality_slope", "speed_slope", "channel_effects",
             "segment_effects", "product_effects", "region_effects", "wins"),
    "times": ("latency", "lead_in", "lost_latency", "patience", "wake", "opt_out"),
    "amounts": ("median", "sigma", "discount"),
}  # fmt: skip
_OTHER = "work"


def assumptions_page(run: Run, words: Words) -> Page:
    """Return the assumptions of a run."""
    rows = [*_inputs(run, words), *_of_funnel(run, words), *_of_forecast(run, words), *_of_model(run, words)]
    columns = tuple(words(f"assumption.{name}") for name in ("what", "value", "basis", "source", "grade"))
    defaults = sum(row[2] == words("assumption.default") for row in rows)
    claim = words("assumption.claim", n=len(rows), defaults=defaults)
    table = Table.of(words("assumption.title"), columns, rows, texts=5, note=words("assumption.note"))
    return Page(claim, words("assumption.meaning"), None, table)


def _inputs(run: Run, words: Words) -> Iterator[Cells]:
    own, files = words("assumption.own"), run.manifest.inputs
    if files:
        names = ", ".join(file.path.rpartition("/")[2] for file in files)
        sizes = words("assumption.files", n=len(files), kb=words.number(sum(file.bytes for file in files) / 1000))
        yield (words("assumption.inputs"), sizes, own, names, DASH)


def _of_funnel(run: Run, words: Words) -> Iterator[Cells]:
    if ESTIMATES not in run.tables:
        return
    found = run.table(ESTIMATES)
    assumed = found["how"].str.startswith(_ASSUMED)
    topics = found["what"].map(lambda what: _topic(str(what)))
    for topic, its in found[~assumed].groupby(topics[~assumed], sort=False):
        yield _estimated(str(topic), its, words)
    for row in found[assumed].to_dict("records"):
        reason = named(words, "how", str(row["how"]).partition(": ")[2])
        what = words("assumption.at", what=words(f"estimate.{_topic(str(row['what']))}"), where=row["where"])
        yield (what, words.number(float(row["value"]), 2), words("assumption.default"), reason, _grade("D", words))


def _topic(what: str) -> str:
    first = what.split(maxsplit=1)[0]
    return next((topic for topic, names in _TOPICS.items() if first in names), _OTHER)


def _estimated(topic: str, its: pd.DataFrame, words: Words) -> Cells:
    how = ", ".join(named(words, "how", str(way)) for way in its["how"].value_counts().index[:2])
    value = words("assumption.numbers", n=len(its))
    seen = words("assumption.observed", how=how, n=words.number(float(its["n"].max())))
    return (words(f"estimate.{topic}"), value, words("assumption.own"), seen, DASH)


def _of_forecast(run: Run, words: Words) -> Iterator[Cells]:
    if FORECAST in run.tables:
        yield from (_prior(prior, words) for prior in evidence().by_name.values())


def _prior(prior: Prior, words: Words) -> Cells:
    spread = f" ± {prior.spread:g}" if prior.spread else ""
    source = words.texts.get(f"because.{prior.name}", prior.source)
    name = named(words, "prior", prior.name)
    return (name, f"{prior.value:g}{spread}", words("assumption.default"), source, _grade(prior.grade, words))


def _grade(grade: str, words: Words) -> str:
    return words("assumption.graded", grade=grade, meaning=words(f"grade.{grade}"))


def _of_model(run: Run, words: Words) -> Iterator[Cells]:
    model = words("assumption.model")
    said = ["luck", "market"] if SCATTERED in run.tables else []
    said += ["team"] if FORECAST in run.tables else []
    for name in said:
        yield (words(f"model.{name}"), DASH, model, words(f"model.{name}_source"), DASH)
