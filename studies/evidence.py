"""The evidence in words: every prior with its source, for whoever wants to know where a number comes from."""

import pandas as pd

from forecast.priors import GRADES, evidence
from studies.language import Language, words_of
from studies.pack.speaking import named

__all__ = ["GRADES", "beliefs", "evidence_text"]


def evidence_text() -> str:
    """Return all priors, topic by topic, and what the grades mean."""
    lines: list[str] = []
    topic = ""
    for prior in evidence().by_name.values():
        if prior.topic != topic:
            topic = prior.topic
            lines += ["", topic.capitalize()]
        spread = f" ± {prior.spread:g}" if prior.spread else ""
        lines += [
            f"  {prior.name}: {prior.value:g}{spread} ({prior.unit})",
            f"      {prior.source}. Grade {prior.grade}, {prior.date.isoformat()}",
        ]
    lines += ["", *(f"Grade {grade}: {meaning}" for grade, meaning in GRADES.items())]
    return "\n".join(lines[1:])


def grades() -> tuple[str, ...]:
    """Return the grades of evidence, the best first."""
    return tuple(GRADES)


def beliefs(language: Language) -> pd.DataFrame:
    """Return all priors, one row each (`forecast.priors.Priors.to_frame`), named in a language.

    Sources are quoted as they are kept, in English; in another language they are said in short.
    """
    words, table = words_of("studies", language), evidence().to_frame()
    names = list(table["name"])
    said = table.assign(
        name=[named(words, "prior", name) for name in names], unit=[named(words, "prior_unit", name) for name in names]
    )
    if language is Language.ENGLISH:
        return said
    return said.assign(source=[named(words, "because", name) for name in names])
