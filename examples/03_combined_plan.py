"""Two reps now, or one rep and a training? Plans of several levers, with what they cost.

Tarnbeck Software may open two positions for account executives, or open one and train the whole team, which takes two
days of everybody's time. A third plan is the first one in a spring in which one closer leaves. The plans stand in a
file, as a company would keep them; every plan meets the same leads with the same luck.
"""

from forecast.crm import load_mapping, read
from scenarios.compare import compare
from scenarios.experiment import Experiment
from scenarios.prices import Horizon
from scenarios.run import Runner, merge
from scenarios.scenario import Scenario
from studies.config import read_scenarios
from studies.demo import MAPPING, example_files
from studies.example.company import AS_OF, truth
from studies.example.people import CLOSERS

HALF_YEAR = 180.0
LEAVER = next(rep.name for rep in truth().operation.reps if rep.team == CLOSERS and not rep.manager)

PLANS = f"""\
prices: {{rep_month: 11000, hiring: 15000, training: 900}}
plans:
- name: two hires
  levers:
  - hire: {{team: {CLOSERS}, number: 2, opened: {AS_OF:%Y-%m-%d}, time_to_hire: 45 d}}
- name: a hire and a training
  levers:
  - hire: {{team: {CLOSERS}, number: 1, opened: {AS_OF:%Y-%m-%d}, time_to_hire: 45 d}}
  - train: {{team: {CLOSERS}, first: {AS_OF:%Y-%m-}12, days: 2, log_odds: 0.15, half_life: 180 d}}
- name: two hires, one leaves
  levers:
  - hire: {{team: {CLOSERS}, number: 2, opened: {AS_OF:%Y-%m-%d}, time_to_hire: 45 d}}
  - rep-leaves: {{rep: {LEAVER}, on: {AS_OF:%Y-%m-}31, backfill: 60 d}}
"""


def main() -> None:
    """Compare the plans over half a year and print gain, cost, and gain per cost."""
    files = example_files()
    opening = read(load_mapping(files[0].with_name(MAPPING)), files).opening(AS_OF)
    file = read_scenarios(PLANS, truth())
    experiment = Experiment(
        base=(truth(),),
        opening=opening,
        scenarios=(Scenario("as is"), *file.plans),
        days=HALF_YEAR,
        seed=1,
        replications=8,
    )
    results = merge(experiment, [*map(Runner(experiment), experiment.rounds[0])])
    rows = compare(results.kpis, "bookings").table
    print(f"{'plan':24}{'gain':>10}{'95% interval':>22}{'cost':>9}{'gain per cost':>15}")
    for plan in file.plans:
        row = rows.loc[plan.name]
        cost = plan.cost(truth(), Horizon(opening.as_of, HALF_YEAR), file.prices)
        gain, low, high = (row[name] / 1e3 for name in ("difference", "low", "high"))
        interval = f"{low:+,.0f} to {high:+,.0f} k"
        print(f"{plan.name:24}{gain:+9,.0f}k{interval:>22}{cost / 1e3:8,.0f}k{1e3 * gain / cost:+15.2f}")


if __name__ == "__main__":
    main()
