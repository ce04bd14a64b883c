"""Every way to get a funnel file wrong is answered in one line; the exact lines stand in tests/golden/broken_specs.txt.

``HEADRACE_UPDATE_GOLDEN=1`` writes them anew.
"""

import os
from pathlib import Path

import pytest

from sim.errors import HeadraceError
from studies.config import load_spec

GOLDEN = Path(__file__).parents[2] / "golden" / "broken_specs.txt"

GOOD = """\
market:
  channels:
  - name: web
    rate_per_day: 10
    regions: {north: 0.5, south: 0.5}
  stages:
  - name: qualify
    advance: 0.4
    effort: {lognormal: {median: 20 min, sigma: 0.5}}
    latency: {exponential: 1 d}
    causes: {no response: 1}
  - name: proposal
    advance: 0.5
    effort: 2 h
  amounts: {any: {any: {lognormal: {median: 10000, sigma: 1}}}}
operation:
  teams:
  - name: sales
    stages: [qualify, proposal]
    routing: round-robin
    sla: {steps: [{after: 1 h, action: remind}]}
  reps:
  - {name: Ann, team: sales, calendar: office}
  - {name: Bo, team: sales, calendar: office, leave: [2026-07-01 to 2026-07-14]}
  calendars:
    office: {hours: {mon-fri: 09:00-17:00}, time_zone: Europe/Berlin}
  experts:
  - {name: legal, servers: 1, calendar: office}
  jobs:
  - {stage: proposal, experts: legal, effort: 1 h}
"""

BROKEN = {
    "not YAML: a tab": ("    advance: 0.4", "\tadvance: 0.4"),
    "not YAML: a bracket that never closes": ("[qualify, proposal]", "[qualify, proposal"),
    "a key given twice": ("    advance: 0.4", "    advance: 0.4\n    advance: 0.5"),
    "an anchor that isn't there": ("effort: 2 h", "effort: *nowhere"),
    "a Python object": ("effort: 2 h", "effort: !!python/object:os.system {}"),
    "a list at the top": (GOOD, "- market\n- operation\n"),
    "an empty file": (GOOD, ""),
    "a text at the top": (GOOD, "just some words"),
    "no operation": (GOOD[GOOD.index("operation:") :], ""),
    "a misspelt part": ("operation:", "operations:"),
    "a misspelt field": ("rate_per_day", "rate_per_dya"),
    "a field like no other": ("servers: 1", "servers: 1, colour: red"),
    "a field that is missing": ("    rate_per_day: 10\n", ""),
    "a chance above 1": ("advance: 0.4", "advance: 1.2"),
    "a chance in percent": ("advance: 0.4", "advance: 40%"),
    "a negative rate": ("rate_per_day: 10", "rate_per_day: -3"),
    "a number in quotes": ("rate_per_day: 10", "rate_per_day: '10'"),
    "a number that is true": ("rate_per_day: 10", "rate_per_day: true"),
    "an infinite rate": ("rate_per_day: 10", "rate_per_day: .inf"),
    "no number at all": ("rate_per_day: 10", "rate_per_day: .nan"),
    "an empty value": ("rate_per_day: 10", "rate_per_day:"),
    "a name that is a number": ("name: qualify", "name: 2026"),
    "shares that don't add up": ("south: 0.5", "south: 0.6"),
    "a table where a list belongs": ("[qualify, proposal]", "{qualify: 1}"),
    "a list where a table belongs": ("{north: 0.5, south: 0.5}", "[north, south]"),
    "a stage that is a text": ("  - name: qualify\n    advance: 0.4\n", "  - qualify\n"),
    "a stage called won": ("name: proposal\n", "name: won\n"),
    "two stages of one name": ("name: proposal\n", "name: qualify\n"),
    "a distribution misspelt": ("{lognormal: {median: 20 min", "{lognorml: {median: 20 min"),
    "a distribution that nobody knows": ("{exponential: 1 d}", "{zipf: 1 d}"),
    "a distribution by its name alone": ("{exponential: 1 d}", "exponential"),
    "a distribution without a parameter": ("median: 20 min, sigma: 0.5", "median: 20 min"),
    "a distribution with a parameter too many": ("{exponential: 1 d}", "{exponential: {average: 1 d, sigma: 2}}"),
    "two distributions at once": ("{exponential: 1 d}", "{exponential: 1 d, fixed: 2 d}"),
    "no distribution in the table": ("{exponential: 1 d}", "{}"),
    "a distribution out of range": ("sigma: 0.5", "sigma: 0"),
    "chances that don't add up": ("effort: 2 h", "effort: {discrete: {1 h: 0.5, 2 h: 0.4}}"),
    "quantiles that fall": ("effort: 2 h", "effort: {empirical: [3 h, 2 h]}"),
    "an unknown unit": ("effort: 2 h", "effort: 2 fortnights"),
    "a length in words": ("effort: 2 h", "effort: a while"),
    "a money amount with a unit of time": ("median: 10000", "median: 3 d"),
    "a month too few": ("    rate_per_day: 10", "    rate_per_day: 10\n    month: [1, 1, 1]"),
    "a date that isn't one": ("2026-07-01 to", "2026-02-30 to"),
    "a date the other way round": ("2026-07-01 to", "01.07.2026 to"),
    "leave that ends before it begins": ("2026-07-01 to 2026-07-14", "2026-07-14 to 2026-07-01"),
    "a time of day that isn't one": ("09:00-17:00", "09:00-25:00"),
    "a shift without an end": ("09:00-17:00", "09:00"),
    "a weekday that isn't one": ("mon-fri", "mon-fry"),
    "a week that runs backward": ("mon-fri", "fri-mon"),
    "a weekday given twice": ("{mon-fri: 09:00-17:00}", "{mon-fri: 09:00-17:00, fri: 09:00-15:00}"),
    "shifts that overlap": ("09:00-17:00", "09:00-13:00 12:00-17:00"),
    "a time zone that isn't one": ("Europe/Berlin", "Europe/Berlinn"),
    "a country that nobody knows": ("time_zone: Europe/Berlin", "country: XX, years: [2026]"),
    "a country without years": ("time_zone: Europe/Berlin", "country: DE"),
    "a routing policy misspelt": ("routing: round-robin", "routing: round-robbin"),
    "a routing policy that nobody knows": ("routing: round-robin", "routing: lottery"),
    "a ranking misspelt": ("routing: round-robin", "routing: {rank: [least-opn]}"),
    "an index without weights": ("routing: round-robin", "routing: {rank: [by-index]}"),
    "a feature misspelt": ("routing: round-robin", "routing: {rank: [{by-index: {load: 1, skil: 2}}]}"),
    "an index whose weight is no number": ("routing: round-robin", "routing: index load much"),
    "a filter as a ranking": ("routing: round-robin", "routing: {rank: [by-region]}"),
    "a filter out of range": ("routing: round-robin", "routing: {eligible: [{daily-cap: 0}]}"),
    "a default owner that is missing": ("routing: round-robin", "routing: {policy: random, nobody: default owner}"),
    "a default owner who isn't there": (
        "routing: round-robin",
        "routing: {policy: random, nobody: default owner, default_owner: Zoe}",
    ),
    "a policy file that isn't there": ("routing: round-robin", "routing: nowhere.py:choose_rep"),
    "a policy file without its function": ("routing: round-robin", "routing: own.py:choose"),
    "a policy function with too few parameters": ("routing: round-robin", "routing: own.py:shy"),
    "a policy file that isn't Python": ("routing: round-robin", "routing: broken.py:choose_rep"),
    "a policy file that fails": ("routing: round-robin", "routing: fails.py:choose_rep"),
    "an action that nobody knows": ("action: remind", "action: shout"),
    "a step that is due at once": ("after: 1 h", "after: 0 h"),
    "a deal that goes to a missing pool": ("action: remind", "action: pool"),
    "an escalation without a manager": ("action: remind", "action: escalate"),
    "a discipline that nobody knows": ("    routing: round-robin", "    routing: round-robin\n    discipline: lifo"),
    "a switch that is a text": ("routing: round-robin", "routing: {policy: random, relax: 'yes'}"),
    "a stage that no team works": ("stages: [qualify, proposal]", "stages: [qualify]"),
    "a team with a misspelt stage": ("[qualify, proposal]", "[qualify, propsal]"),
    "a team without reps": ("name: sales\n", "name: marketing\n"),
    "a rep in a misspelt team": ("{name: Bo, team: sales", "{name: Bo, team: slaes"),
    "a rep with a misspelt calendar": ("Ann, team: sales, calendar: office", "Ann, team: sales, calendar: off"),
    "a rep twice": ("name: Bo", "name: Ann"),
    "a rep for a region that nobody comes from": ("name: Bo,", "name: Bo, regions: [west],"),
    "a WIP limit of none": ("name: Bo,", "name: Bo, wip_limit: 0,"),
    "half a lead at a time": ("name: Bo,", "name: Bo, wip_limit: 2.5,"),
    "an expert job at a misspelt stage": ("stage: proposal, experts", "stage: proposals, experts"),
    "a job for experts who aren't there": ("experts: legal, effort", "experts: leagl, effort"),
    "no experts at all in a group": ("servers: 1", "servers: 0"),
    "a rep who leaves before joining": ("name: Bo,", "name: Bo, joins: 2026-06-01, leaves: 2026-05-31,"),
    "a last day that isn't a date": ("name: Bo,", "name: Bo, leaves: next spring,"),
    "a gain at a misspelt stage": (
        "name: Bo,", "name: Bo, gains: [{since: 2026-03-01, log_odds: 0.2, stage: qualfy}],"
    ),
    "a gain that is forgotten at once": (
        "name: Bo,", "name: Bo, gains: [{since: 2026-03-01, log_odds: 1, half_life: 0}],"
    ),
    "everybody leaves": ("    routing: round-robin", "    routing: round-robin\n    attrition: {per_year: 1}"),
    "attrition in percent": ("    routing: round-robin", "    routing: round-robin\n    attrition: {per_year: 30}"),
    "demand of a misspelt channel": ("  amounts:", "  demand: [{factor: 0.5, channel: wbe}]\n  amounts:"),
    "demand of a region nobody comes from": ("  amounts:", "  demand: [{factor: 0, region: west}]\n  amounts:"),
    "more demand of one region": ("  amounts:", "  demand: [{factor: 2, region: north}]\n  amounts:"),
    "a slump that ends before it begins": (
        "  amounts:", "  demand: [{factor: 0.5, first: 2026-05-01, last: 2026-04-01}]\n  amounts:"
    ),
    "less than no demand": ("  amounts:", "  demand: [{factor: -0.5}]\n  amounts:"),
    "amounts for nobody": ("amounts: {any:", "amounts: {large:"),
}  # fmt: skip

FILES = {
    "own.py": "def choose_rep(lead, now, load, reps, state):\n    return 0\n\n\ndef shy(lead):\n    return 0\n",
    "broken.py": "def choose_rep(lead, now, load, reps, state)\n    return 0\n",
    "fails.py": "import a_package_that_nobody_wrote\n",
}


def message(folder: Path, old: str, new: str) -> str:
    assert old in GOOD
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "funnel.yaml").write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(HeadraceError) as caught:
        load_spec(folder / "funnel.yaml")
    return str(caught.value).replace(str(folder), "FOLDER")


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if os.environ.get("HEADRACE_UPDATE_GOLDEN"):
        folder = tmp_path_factory.mktemp("broken")
        told = {name: message(folder, *change) for name, change in BROKEN.items()}
        GOLDEN.write_text("\n".join(f"{name}\n  {text}\n" for name, text in told.items()), "utf-8")
    lines = GOLDEN.read_text("utf-8").splitlines()
    return dict(zip(lines[::3], lines[1::3], strict=True))


def test_the_funnel_that_gets_broken_is_whole(tmp_path: Path) -> None:
    (tmp_path / "funnel.yaml").write_text(GOOD, "utf-8")
    assert len(load_spec(tmp_path / "funnel.yaml").operation.reps) == 2


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_funnel_is_answered_with_the_place_the_value_and_the_fix(
    name: str, tmp_path: Path, golden: dict[str, str]
) -> None:
    told = message(tmp_path, *BROKEN[name])
    assert "\n" not in told
    assert f"  {told}" == golden[name]


def test_the_golden_file_holds_what_is_tested_and_no_more(golden: dict[str, str]) -> None:
    assert list(golden) == list(BROKEN)
    assert len(BROKEN) >= 40


@pytest.mark.parametrize(
    ("content", "what"), [(None, "no such file"), (b"\xff\xfe\x00", "not UTF-8 text"), ("folder", "is a directory")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: object, what: str) -> None:
    path = tmp_path / "funnel.yaml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    with pytest.raises(HeadraceError, match=what):
        load_spec(path)
