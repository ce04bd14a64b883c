"""Plans of the panel as scenario files: nothing is lost, the command line reads the same, foreign ones fail."""

from pathlib import Path

import pytest

from sim.errors import DataError, HeadraceError
from sim.routing.registry import POLICIES
from studies.changes import listed, staffed_teams
from studies.composed import FILTERS, RANKINGS, compose, name_of, parts_of, routing_of
from studies.config import parse_spec, read_scenarios
from studies.plan_file import LONGEST, read_plans, write_plans
from studies.view import MOST_PLANS, Hire, Odds, Plan, View, read_view
from tests.studies.small_company import FUNNEL

SPEC = parse_spec(FUNNEL)
FULL = Plan(
    name="two *north*",
    policy="by-region+at-work:account-owner>least-open",
    hires=(Hire(team="sales", change=2, region="north"),),
    leads=1.2,
    promise_hours=2.0,
    odds=(Odds(stage="proposal", points=0.05), Odds(stage="qualify", points=-0.02)),
)
PLANS = (FULL, Plan(name="random", policy="random"))

LEVERS = {
    "a lever that the panel hasn't": ("hire: {team: sales, number: 2}", "no lever 'hire'"),
    "a lever by its name alone": ("routing", "routing: is missing"),
    "a policy in a file": ("routing: {routing: 'own.py:choose_rep'}", "ships or put together from its parts"),
    "a policy's own code": ("routing: {routing: {rank: [{function: {source: x}}]}}", "ships or put together"),
    "a policy for one team": ("routing: {routing: random, team: sales}", "the panel can't show that"),
    "a stage that isn't there": ("conversion: {stage: nowhere, points: 0.1}", "line 2.*no stage 'nowhere'"),
    "a promise of another kind": ("sla: {sla: {steps: [{after: 2 h, action: remind}]}}", "the panel can't show that"),
    "leads of one channel": ("scale-leads: {factor: 1.1, channel: web}", "the panel can't show that"),
    "more than the panel goes": ("scale-leads: {factor: 9}", "leads: .*less than or equal to 3"),
    "reps like another one": ("change-headcount: {team: sales, change: 1, like: Ann}", "the panel can't show that"),
}
FILES = {
    "nothing": ("", "this is nothing"),
    "a text": ("hello", "a scenario file is a table"),
    "no YAML": ("plans: [", "not YAML"),
    "an anchor": ("a: &x [1]\nplans: [*x, *x]", "anchors or tags"),
    "a tag": ("plans: !!python/name:os.system", "anchors or tags"),
    "a list of texts": ("plans: [a, b]", "line 1"),
    "too long": ("#" * (LONGEST + 1), "characters; at most"),
    "too many plans": (
        "plans: [" + ", ".join(f"{{name: p{n}}}" for n in range(MOST_PLANS + 1)) + "]",
        "at most 8 stand",
    ),
}


def test_plans_survive_their_scenario_file_with_the_target() -> None:
    assert read_plans(write_plans(PLANS, 300_000.0), SPEC) == (PLANS, 300_000.0)
    assert read_plans(write_plans(PLANS[1:], 0.0), SPEC) == (PLANS[1:], 0.0)


def test_the_command_line_reads_the_very_plans_of_the_panel(tmp_path: Path) -> None:
    path = tmp_path / "plans.yaml"
    path.write_text(write_plans(PLANS, 0.0), "utf-8")
    assert read_scenarios(path, SPEC).plans == listed(PLANS)[1:]


@pytest.mark.parametrize("case", LEVERS)
def test_a_lever_that_the_panel_cannot_show_is_refused_in_a_sentence(case: str) -> None:
    lever, said = LEVERS[case]
    told = lever if ":" in lever else f"'{lever}'"
    with pytest.raises(DataError, match=said) as refused:
        read_plans(f"plans:\n- {{name: x, levers: [{'{' + told + '}' if ':' in lever else told}]}}", SPEC)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("case", FILES)
def test_a_file_of_another_kind_is_refused_in_a_sentence(case: str) -> None:
    text, said = FILES[case]
    with pytest.raises(DataError, match=said) as refused:
        read_plans(text, SPEC)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_ships_keeps_its_name_when_it_is_put_together_from_its_parts(name: str) -> None:
    assert routing_of(name) == name
    parts = name_of(POLICIES[name])
    assert parts is None or compose(*parts_of(parts)) == name


def test_a_policy_is_put_together_from_filters_and_rankings_in_their_order() -> None:
    name = compose(FILTERS, RANKINGS[:2])
    routing = routing_of(name)
    assert not isinstance(routing, str)
    assert (len(routing.eligible), len(routing.rank), routing.relax) == (len(FILTERS), 2, True)
    assert name_of(routing) == name
    assert read_view(View(policies=(name,)).to_link()).policies == (name,)


@pytest.mark.parametrize(
    "name", ["nowhere", "by-region:", ":", "own.py:choose_rep", ":function", "at-work+at-work:random"]
)
def test_a_policy_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(HeadraceError):
        routing_of(name)
    with pytest.raises(DataError, match="the link: policies"):
        read_view(f'{{"policies": ["{name}"]}}')


def test_nobody_is_hired_for_stages_that_no_person_was_seen_working() -> None:
    extra = FUNNEL.replace(
        "  - {name: sales, stages: [qualify, proposal], routing: round-robin}",
        "  - {name: sales, stages: [qualify], routing: round-robin}\n  - {name: automatic, stages: [proposal]}",
    ).replace("  calendars:\n", "  - {name: system, team: automatic, calendar: office}\n  calendars:\n")
    assert staffed_teams(parse_spec(extra)) == ("sales",)
