"""The roster: who worked the deals, by the company's own list where there is one and by what they were seen doing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.crm.export import Export
from sim.errors import UnknownNameError
from sim.eventlog import NONE, EventLog, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRep:
    """One person, or one automaton, that appears in the history or in the company's list of reps.

    Attributes
    ----------
    name, team, manager, region
        As the source spells them; empty where unknown.
    first_seen, last_seen
        First and last event in which they act, None if there is none.
    system
        Whether the mapping says that it is no person.
    listed
        Whether the company's list of reps has it; true for all where there is no list.
    events, touches, owned, won
        How many events they act in, touches they finished, leads they were given, deals they won.
    """

    name: str
    team: str = ""
    manager: str = ""
    region: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    system: bool = False
    listed: bool = True
    events: int = 0
    touches: int = 0
    owned: int = 0
    won: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """All reps, in the order of the log's actors."""

    reps: tuple[RosterRep, ...]

    def __len__(self) -> int:
        """Count the reps."""
        return len(self.reps)

    def __iter__(self) -> Iterator[RosterRep]:
        """Go through the reps."""
        return iter(self.reps)

    def __getitem__(self, name: str) -> RosterRep:
        """Return the rep of that name, or raise `UnknownNameError`."""
        found = next((rep for rep in self.reps if rep.name == name), None)
        if found is None:
            raise UnknownNameError("rep", name, [rep.name for rep in self.reps], "this roster")
        return found

    def people(self) -> tuple[RosterRep, ...]:
        """Return the reps that are persons."""
        return tuple(rep for rep in self.reps if not rep.system)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a rep, the columns named as the attributes of `RosterRep`."""
        return pd.DataFrame([asdict(rep) for rep in self.reps], columns=list(RosterRep.__dataclass_fields__))


def listed_reps(export: Export) -> dict[str, RosterRep]:
    """Read the company's own list of reps; empty where the mapping names none."""
    source = export.mapping.roster
    if source is None or source.table not in export.lookup.tables:
        return {}
    names = export.lookup.side_texts(source.table, export.mapping.tables[source.table].key)
    columns = {
        field: export.lookup.side_texts(source.table, header)
        for field in ("team", "manager", "region")
        if (header := getattr(source, field))
    }
    nothing = [""] * len(names)
    team, manager, region = (columns.get(field, nothing) for field in ("team", "manager", "region"))
    rows = zip(names, team, manager, region, strict=True)
    return {n: RosterRep(name=n, team=t, manager=m, region=r) for n, t, m, r in rows if n}


def roster_of(log: EventLog, listed: dict[str, RosterRep], system_actors: tuple[str, ...]) -> Roster:
    """Describe every actor of a log by the company's list and by what the log saw of them."""
    actor, time = log.events["actor"].astype(np.int64), log.events["time"].astype(np.float64)
    seen = pd.DataFrame({"time": time, "actor": actor})[actor != NONE].groupby("actor")["time"]
    first, last = seen.min(), seen.max()
    counts = {field: _count(log, *kinds) for field, kinds in _COUNTED.items()}
    reps = []
    for code, name in enumerate(log.vocabulary["actor"]):
        known = listed.get(name, RosterRep(name=name, listed=not listed))
        reps.append(
            replace(
                known,
                system=name in system_actors,
                first_seen=log.instant(first[code]) if code in first else None,
                last_seen=log.instant(last[code]) if code in last else None,
                events=int(counts["events"][code]),
                touches=int(counts["touches"][code]),
                owned=int(counts["owned"][code]),
                won=int(counts["won"][code]),
            )
        )
    return Roster(tuple(reps))


_COUNTED = {"events": tuple(Kind), "touches": (Kind.TOUCHED,), "owned": (Kind.ROUTED,), "won": (Kind.WON,)}


def _count(log: EventLog, *kinds: Kind) -> npt.NDArray[np.intp]:
    actor = log.events["actor"].astype(np.int64)
    return np.bincount(actor[log.of_kind(*kinds) & (actor != NONE)], minlength=len(log.vocabulary["actor"]))
