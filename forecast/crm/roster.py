"""The roster: who worked the deals, from the company's own list where there is one and from what they were seen doing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from forecast.crm.export import Export
from sim.errors import UnknownNameError
from sim.eventlog import NONE, EventLog, Kind
from sim.eventlog import Codes as _Codes


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
    if source is None or source.table not in export.tables:
        return {}
    names = export.side_texts(source.table, export.mapping.tables[source.table].key)
    columns = {
        field: export.side_texts(source.table, header)
        for field in ("team", "manager", "region")
        if (header := getattr(source, field))
    }
    return {
        name: RosterRep(name=name, **{field: texts[row] for field, texts in columns.items()})
        for row, name in enumerate(names)
        if name
    }


def roster_of(log: EventLog, listed: dict[str, RosterRep], system_actors: tuple[str, ...]) -> Roster:
    """Describe every actor of a log by the company's list and by what the log saw of them."""
    actors = log.vocabulary["actor"]
    actor = np.asarray(log.events["actor"], np.int64)
    time = np.asarray(log.events["time"], np.float64)
    first, last = np.full(len(actors), np.inf), np.full(len(actors), -np.inf)
    acting = actor != NONE
    np.minimum.at(first, actor[acting], time[acting])
    np.maximum.at(last, actor[acting], time[acting])
    counts = {name: _count(log, actor, len(actors), *kinds) for name, kinds in _COUNTED.items()}
    return Roster(
        tuple(
            RosterRep(
                name=name,
                team=listed[name].team if name in listed else "",
                manager=listed[name].manager if name in listed else "",
                region=listed[name].region if name in listed else "",
                first_seen=log.instant(first[code]) if np.isfinite(first[code]) else None,
                last_seen=log.instant(last[code]) if np.isfinite(last[code]) else None,
                system=name in system_actors,
                listed=name in listed or not listed,
                **{field: int(count[code]) for field, count in counts.items()},
            )
            for code, name in enumerate(actors)
        )
    )


_COUNTED = {"events": tuple(Kind), "touches": (Kind.TOUCHED,), "owned": (Kind.ROUTED,), "won": (Kind.WON,)}


def _count(log: EventLog, actor: _Codes, n_actors: int, *kinds: Kind) -> _Codes:
    rows = log.of_kind(*kinds) & (actor != NONE)
    return np.bincount(actor[rows], minlength=n_actors)
