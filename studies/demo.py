"""The demo: an invented company from its CRM export to a decision, held against the truth behind the export."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from studies.calibrate import Calibrated, CalibrationRequest, run_calibration
from studies.compare import Compared, run_comparison
from studies.example.company import AS_OF, NAME, QUARTER_DAYS, operation, truth
from studies.example.export import FILES
from studies.example.people import CLOSERS, DESK
from studies.executors import Progress, Sharing
from studies.kept import Place
from studies.plans import read_plans
from studies.request import Request

POLICIES = "round-robin,least-open,by-region-and-product,by-tier,account-owner"
HEADCOUNT = (f"{CLOSERS}:+2", f"{DESK}:+2")
MAPPING = "mapping.yaml"


def example_files() -> tuple[Path, ...]:
    """Return the files of the example company's export."""
    folder = Path(str(files("studies.example") / "data"))
    return tuple(folder / name for name in FILES)


def calibrate_example(place: Place) -> Calibrated:
    """Calibrate the example from its export, with its own operation, and compare with the truth."""
    data = example_files()
    request = CalibrationRequest(
        files=data,
        mapping=str(data[0].parent / MAPPING),
        as_of=AS_OF.isoformat(),
        operation=operation(),
        truth=truth(),
    )
    return run_calibration(request, place)


def compare_example(
    calibrated: Calibrated,
    place: Place,
    replications: int,
    seed: int,
    sharing: Sharing,
    progress: Progress | None = None,
) -> Compared:
    """Compare policies and staffing plans on the example's next quarter."""
    request = Request(
        funnel=calibrated.funnel,
        plans=read_plans(POLICIES, HEADCOUNT),
        days=QUARTER_DAYS,
        replications=replications,
        seed=seed,
        sharing=sharing,
    )
    return run_comparison(request, replace(place, folder=None), progress)


__all__ = ["NAME", "calibrate_example", "compare_example", "example_files"]
