"""What is one more rep worth? Three plans under the same luck, and what that saves against independent runs.

A small team sells to leads from the web; deal sizes are skewed, as they are in life, so bookings vary a lot from one
quarter to the next. Each plan meets the very leads, tempers and deal sizes that the baseline meets, so only the plan
makes a difference.
"""

from datetime import UTC, datetime, time

from scenarios.compare import compare
from scenarios.experiment import Experiment
from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.scenario import Scenario
from sim.calendar import WorkingCalendar
from sim.distributions import Discrete, Exponential, LogNormal
from sim.market import Channel, Market, Stage
from sim.opening import Opening
from sim.operation import Operation, Team
from sim.routing.registry import policy
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Rep
from studies.experiments import run_experiment

QUARTER = 91.0

MARKET = Market(
    channels=(Channel(name="web", rate_per_day=4.0, weekday=(1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5)),),
    stages=(
        Stage(
            name="qualify",
            advance=0.4,
            effort=LogNormal(0.5 * HOUR, 0.5),
            latency=Exponential(1.0),
            patience=Exponential(10.0),
            speed_slope=0.15,
        ),
        Stage(
            name="propose",
            advance=0.35,
            touches=Discrete((1.0, 2.0, 3.0), (0.2, 0.5, 0.3)),
            effort=LogNormal(2 * HOUR, 0.5),
            latency=Exponential(4.0),
            speed_slope=0.15,
        ),
    ),
    amounts={"any": {"any": LogNormal(20_000.0, 1.2)}},
)
OPERATION = Operation(
    teams=(Team(name="sales", stages=("qualify", "propose"), routing=policy("least-open")),),
    reps=tuple(Rep(name=name, team="sales", calendar="office") for name in ("Ada", "Ben")),
    calendars={"office": WorkingCalendar.office("office", time(9), time(17))},
)
PLANS = (
    Scenario("as it is"),
    Scenario("+1 rep", (ChangeHeadcount("sales", 1),)),
    Scenario("+5 points", (ShiftConversion("propose", 0.05),)),
    Scenario("+10 % leads", (ScaleLeads(1.1),)),
)


def main() -> None:
    """Run the plans and print what came out."""
    experiment = Experiment(
        base=(FunnelSpec(market=MARKET, operation=OPERATION),),
        opening=Opening(datetime(2026, 1, 5, tzinfo=UTC)),
        scenarios=PLANS,
        days=QUARTER,
        seed=1,
        replications=40,
    )
    comparison = compare(run_experiment(experiment).kpis, "bookings")
    for plan in PLANS[1:]:
        print(f"{plan.name}: {plan.describe()}")
    print()
    print(*comparison.sentences(), sep="\n")
    print()
    print("Standard deviation of a difference in bookings between two runs")
    print(f"{'plan':12} {'same luck':>10} {'independent':>12} {'ratio':>6} {'runs saved':>11}")
    for name, row in comparison.table.iloc[1:].iterrows():
        ratio, saved = row["independent_sd"] / row["luck_sd"], 1 - 1 / row["efficiency"]
        print(f"{name:12} {row['luck_sd']:10,.0f} {row['independent_sd']:12,.0f} {ratio:6.1f} {saved:11.1%}")


if __name__ == "__main__":
    main()
