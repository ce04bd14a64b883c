"""A year in a process of its own: ``python -m bench.scale LEADS REPS ENGINE`` prints a line of JSON."""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from time import process_time

import numpy as np
import numpy.typing as npt

from studies.compiled_rules import keep_compiled_rules

DAYS = 365.0
KIB = 1024
"""`resource` counts memory in KiB on Linux."""


@dataclass(frozen=True)
class Year:
    """What a replication of a year did: leads, rows written, CPU seconds, and the process's peak memory in bytes."""

    leads: int
    rows: int
    seconds: float
    peak: int


def year(leads: float, reps: int, engine: str) -> Year:
    """Simulate some days, which compiles and isn't counted, and then the year."""
    # imported after the command line has said where compiled rules are kept
    from bench.company import company  # noqa: PLC0415
    from bench.peers.in_headrace import START  # noqa: PLC0415
    from sim.kpis.reduction import Reduction  # noqa: PLC0415
    from sim.simulate import simulator  # noqa: PLC0415

    class Counted(Reduction):
        """The headline figures, and how many rows they were made from."""

        rows = 0

        def take(self, rows: npt.NDArray[np.void]) -> None:
            self.rows += len(rows)
            super().take(rows)

    spec = company(leads / DAYS, reps)
    simulator(spec, START, days=2.0, engine=engine).feed(1, 0, Counted).figures()
    begun = process_time()
    run = simulator(spec, START, days=DAYS, engine=engine).feed(1, 0, Counted)
    leads = int(run.figures()["leads"])
    seconds = process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    return Year(leads, run.rows, seconds, peak)


def main() -> None:
    """Simulate what the command line says."""
    leads, reps, engine = sys.argv[1:]
    keep_compiled_rules()
    print(json.dumps(asdict(year(float(leads), int(reps), engine))))


if __name__ == "__main__":
    main()
