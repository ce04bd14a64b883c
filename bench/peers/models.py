"""The two models that every simulator is given, and what each must tell about its run.

Queue: ten servers, utilisation 0.9. Tandem: four stages with leads who go on by chance and give up after exactly a day
of waiting in any stage. A run begins empty and ends at a time, so counts have the same law in every simulator.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Queue:
    """M/M/10: ``customers`` is the expected number of arrivals until the end."""

    customers: float
    servers: int = 10
    rate: float = 9.0
    service: float = 1.0

    @property
    def until(self) -> float:
        """When the run ends."""
        return self.customers / self.rate


@dataclass(frozen=True)
class Tandem:
    """Four stages in a row, in hours: ``customers`` is the expected number of arrivals until the end."""

    customers: float
    rate: float = 10.0
    services: tuple[float, ...] = (2.1, 5.25, 8.0, 16.0)
    pools: tuple[int, ...] = (20, 30, 22, 22)
    onward: tuple[float, ...] = (0.6, 0.5, 0.5, 0.3)
    patience: float = 24.0

    @property
    def until(self) -> float:
        """When the run ends."""
        return self.customers / self.rate


type Model = Queue | Tandem


@dataclass(frozen=True)
class Done:
    """What a run did, and the CPU seconds that it took, compiling and importing left out.

    ``wait`` is the mean wait of those who were served, in the first stage where there are several.
    """

    arrivals: int
    starts: int
    ends: int
    renegings: int
    wait: float
    seconds: float

    @property
    def events(self) -> int:
        """Arrivals, service starts, service ends and renegings."""
        return self.arrivals + self.starts + self.ends + self.renegings

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


@dataclass
class Counts:
    """What a process adds to as things happen; the wait is that of those served in the first stage."""

    arrivals: int = 0
    starts: int = 0
    ends: int = 0
    renegings: int = 0
    waited: float = 0.0
    served_first: int = 0

    def done(self, seconds: float) -> Done:
        """Return the counts of a finished run."""
        return Done(self.arrivals, self.starts, self.ends, self.renegings, self.waited / self.served_first, seconds)
