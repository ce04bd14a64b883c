"""A year in a process of its own: ``python -m bench.scale LEADS REPS ENGINE`` prints a line of JSON."""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from time import process_time

from studies.compiled_rules import keep_compiled_rules

DAYS = 365.0
KIB = 1024
"""`resource` counts memory in KiB on Linux."""


@dataclass(frozen=True)
class Year:
    """What a replication of a year did: leads, rows of the log, CPU seconds, and the process's peak memory in bytes."""

    leads: int
    rows: int
    seconds: float
    peak: int


def year(leads: float, reps: int, engine: str) -> Year:
    """Simulate some days, which compiles and isn't counted, and then the year."""
    # imported after the command line has said where compiled rules are kept
    from bench.company import company  # noqa: PLC0415
    from bench.peers.in_headrace import START  # noqa: PLC0415
    from sim.simulate import simulate  # noqa: PLC0415

    spec = company(leads / DAYS, reps)
    simulate(spec, START, days=2.0, seed=1, engine=engine)
    begun = process_time()
    log = simulate(spec, START, days=DAYS, seed=1, engine=engine)
    seconds = process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    return Year(log.n_leads, len(log.events["time"]), seconds, peak)


def main() -> None:
    """Simulate what the command line says."""
    leads, reps, engine = sys.argv[1:]
    keep_compiled_rules()
    print(json.dumps(asdict(year(float(leads), int(reps), engine))))


if __name__ == "__main__":
    main()
