"""Every way to get a scenario file wrong is answered, all at once; the exact words are in golden/broken_scenarios.txt.

``HEADRACE_UPDATE_GOLDEN=1`` writes them anew.
"""

import os
from pathlib import Path

import pytest

from sim.errors import HeadraceError
from studies.config import parse_spec, read_scenarios
from tests.studies.config.test_documentation import block

GOLDEN = Path(__file__).parents[2] / "golden" / "broken_scenarios.txt"
FUNNEL = parse_spec(block("yaml"))

GOOD = """\
base: our-funnel
prices: {rep_month: 9000, rep_month_of: {closers: 12000}, hiring: 8000, lead: {website: 40}}
target: 2500000
plans:
- name: grow
  levers:
  - hire: {team: closers, number: 2, opened: 2026-02-01, time_to_hire: 60 d}
  - budget: {channel: website, spend: 30000, now: 20000, saturation: 40000}
- name: sharpen
  levers:
  - train: {team: closers, first: 2026-03-02, log_odds: 0.2, stage: closing}
  - routing: {routing: by-tier, team: desk}
  - score-threshold: {stage: qualify, score: 30}
- name: shock
  levers:
  - rep-leaves: {rep: Cy, on: 2026-03-31}
  - demand: {factor: 0.7, first: 2026-04-01, last: 2026-06-30}
"""

BROKEN = {
    "not YAML": ("[", "plans: [a"),
    "an empty file": (GOOD, "\n"),
    "a list at the top": (GOOD, "- hire\n- fire\n"),
    "no plans": (GOOD[GOOD.index("plans:") :], ""),
    "an empty list of plans": (GOOD[GOOD.index("plans:") :], "plans: []\n"),
    "plans as a table": (GOOD[GOOD.index("plans:") :], "plans: {grow: []}\n"),
    "a misspelt part": ("target:", "tarket:"),
    "a target in words": ("2500000", "a lot"),
    "a plan without a name": ("- name: sharpen\n  levers", "- levers"),
    "a plan with an empty name": ("name: sharpen", "name: ''"),
    "two plans of one name": ("name: sharpen", "name: grow"),
    "a plan called as the baseline": ("name: sharpen", "name: as is"),
    "a misspelt field of a plan": ("name: grow\n  levers", "name: grow\n  leavers"),
    "a lever misspelt": ("  - hire:", "  - hier:"),
    "a lever that nobody knows": ("  - hire:", "  - pray:"),
    "a lever by its name alone": ("- routing: {routing: by-tier, team: desk}", "- routing"),
    "two levers at once": ("  - routing:", "  - score: 0.8\n    routing:"),
    "no lever in the table": ("- routing: {routing: by-tier, team: desk}", "- {}"),
    "a lever as a number": ("- routing: {routing: by-tier, team: desk}", "- 7"),
    "a field of a lever that is missing": ("number: 2, ", ""),
    "a field of a lever misspelt": ("opened:", "openned:"),
    "half a rep": ("number: 2", "number: 2.5"),
    "fewer than no hires": ("number: 2", "number: -2"),
    "a date that isn't one": ("opened: 2026-02-01", "opened: 2026-02-30"),
    "a time without a unit that exists": ("60 d", "60 moons"),
    "a share in percent": ("log_odds: 0.2", "log_odds: 20%"),
    "a policy misspelt": ("routing: by-tier", "routing: by-teir"),
    "a policy of one's own that isn't there": ("routing: by-tier", "routing: own.py:choose_rep"),
    "a team that isn't there": ("team: closers, number", "team: closer, number"),
    "a channel that isn't there": ("channel: website", "channel: web site"),
    "a stage that isn't there": ("stage: closing", "stage: close"),
    "a rep who isn't there": ("rep: Cy", "rep: Sy"),
    "a rep of another plan": ("rep: Cy", "rep: closers-new-1"),
    "a score above 100": ("score: 30", "score: 130"),
    "a slump that ends before it begins": ("last: 2026-06-30", "last: 2026-03-31"),
    "a price below nothing": ("hiring: 8000", "hiring: -1"),
    "a price of nobody": ("rep_month_of: {closers:", "rep_month_of: {closer:"),
    "a price for a channel that isn't there": ("lead: {website:", "lead: {web:"),
    "a price misspelt": ("rep_month: 9000", "rep_mnth: 9000"),
    "saturation at nothing": ("saturation: 40000", "saturation: 0"),
    "seven problems at once": (
        GOOD[GOOD.index("plans:") :],
        """\
plans:
- name: one
  levers:
  - hire: {team: closer, number: 2, opened: 2026-02-01}
  - budget: {channel: website, spend: -1, now: 20000, saturation: 40000}
  - pray: harder
- name: one
  levers:
  - train: {team: closers, first: yesterday, log_odds: a lot}
  - score-threshold: {stage: qualfy, score: 30}
""",
    ),
}  # fmt: skip


def message(folder: Path, old: str, new: str) -> str:
    path = folder / "plans.yaml"
    path.write_text(GOOD.replace(old, new, 1) if old in GOOD else new, "utf-8")
    with pytest.raises(HeadraceError) as caught:
        read_scenarios(path, FUNNEL)
    return str(caught.value).replace(str(folder), "FOLDER")


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if os.environ.get("HEADRACE_UPDATE_GOLDEN"):
        folder = tmp_path_factory.mktemp("broken")
        told = {name: message(folder, *change).replace("\n", "\n  ") for name, change in BROKEN.items()}
        GOLDEN.write_text("\n".join(f"{name}\n  {text}\n" for name, text in told.items()), "utf-8")
    parts = GOLDEN.read_text("utf-8").rstrip().split("\n\n")
    return {
        name: text.removeprefix("  ").replace("\n  ", "\n")
        for name, _, text in (part.partition("\n") for part in parts)
    }


def test_the_file_that_gets_broken_is_whole() -> None:
    assert [plan.name for plan in read_scenarios(GOOD, FUNNEL).plans] == ["grow", "sharpen", "shock"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_answered_with_every_place_value_and_fix(
    name: str, tmp_path: Path, golden: dict[str, str]
) -> None:
    assert message(tmp_path, *BROKEN[name]) == golden[name]


def test_one_problem_is_one_line_and_several_are_told_in_the_order_of_the_file(golden: dict[str, str]) -> None:
    assert "\n" not in golden["half a rep"]
    many = golden["seven problems at once"].splitlines()
    assert many[0] == "plans.yaml has 7 problems:"
    lines = [int(line.partition(", line ")[2].partition(":")[0]) for line in many[1:]]
    assert lines == sorted(lines)
    assert len(lines) == 7


def test_the_golden_file_holds_what_is_tested_and_no_more(golden: dict[str, str]) -> None:
    assert list(golden) == list(BROKEN)
    assert len(BROKEN) >= 25
