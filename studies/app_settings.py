"""What whoever runs the app decides, in the environment: where things are kept, who does the work, who may do what.

HEADRACE_RUNS        folder of runs and uploads (runs)
HEADRACE_CLUSTER     address of a Dask scheduler that does the simulating
HEADRACE_READ_ONLY   1: nobody uploads or keeps anything
HEADRACE_EDITORS     addresses of those who may, parted by commas, where people sign in; empty is everybody
HEADRACE_UPLOAD_MB   most megabytes of one upload (100)
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import SpecError
from studies.executors import Sharing


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The settings of one server."""

    runs: Path = Path("runs")
    cluster: str = ""
    read_only: bool = False
    editors: frozenset[str] = frozenset()
    upload_megabytes: int = 100

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "AppSettings":
        """Read them; raise `SpecError` for a size that is no number."""
        megabytes = environment.get("HEADRACE_UPLOAD_MB", "100")
        if not megabytes.isdigit() or not 1 <= int(megabytes) <= 2000:
            raise SpecError(f"HEADRACE_UPLOAD_MB must be a whole number from 1 to 2000, got {megabytes!r}")
        editors = environment.get("HEADRACE_EDITORS", "").lower().split(",")
        return cls(
            runs=Path(environment.get("HEADRACE_RUNS", "runs")),
            cluster=environment.get("HEADRACE_CLUSTER", ""),
            read_only=environment.get("HEADRACE_READ_ONLY", "") == "1",
            editors=frozenset(name.strip() for name in editors if name.strip()),
            upload_megabytes=int(megabytes),
        )

    def may_change(self, person: str) -> bool:
        """Whether a person, by mail address or empty where nobody signs in, may upload and keep things."""
        return not self.read_only and (not self.editors or person.lower() in self.editors)

    @property
    def sharing(self) -> Sharing:
        """Who simulates: the cluster, or one thread a core."""
        return Sharing(cluster=self.cluster) if self.cluster else Sharing(workers=0)
