"""Event rows with their types: the cut of the log that every KPI starts from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.eventlog import NONE, Codes, EventLog, Floats, Kind

type Rows64 = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some events, column by column; the names and units are those of `sim.eventlog.EVENT_COLUMNS`."""

    time: Floats
    lead: Rows64
    kind: npt.NDArray[np.int16]
    stage: Codes
    actor: Codes
    amount: Floats
    cause: Codes

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.time)

    def take(self, index: Rows64 | Flags) -> "Rows":
        """Keep the rows that ``index`` (row numbers, or one flag a row) picks."""
        return Rows(
            self.time[index],
            self.lead[index],
            self.kind[index],
            self.stage[index],
            self.actor[index],
            self.amount[index],
            self.cause[index],
        )

    def of(self, *kinds: Kind) -> Flags:
        """Flag the rows of the given kinds."""
        flags = np.zeros(256, bool)
        flags[list(kinds)] = True
        return flags[self.kind]


def rows(log: EventLog, *kinds: Kind) -> Rows:
    """Return the events of the given kinds (of every kind if none is given), in the order of time."""
    table = log.events
    everything = Rows(
        time=table["time"].astype(np.float64, copy=False),
        lead=table["lead"].astype(np.int64, copy=False),
        kind=table["kind"].astype(np.int16, copy=False),
        stage=table["stage"].astype(np.int32, copy=False),
        actor=table["actor"].astype(np.int32, copy=False),
        amount=table["amount"].astype(np.float64, copy=False),
        cause=table["cause"].astype(np.int32, copy=False),
    )
    return everything.take(everything.of(*kinds)) if kinds else everything


def by_lead(log: EventLog, *kinds: Kind) -> Rows:
    """Return the events of the given kinds lead by lead, each lead's in the order in which they happened."""
    chosen = rows(log, *kinds)
    return chosen.take(np.argsort(chosen.lead, kind="stable"))


def same_lead_follows(chosen: Rows) -> Flags:
    """Flag the rows, standing lead by lead, after which another row of the same lead stands."""
    return np.append(chosen.lead[1:] == chosen.lead[:-1], False)[: len(chosen)]


def last_until(known: tuple[Rows64, Floats], asked: tuple[Rows64, Floats]) -> Rows64:
    """Return for each lead and instant asked the number of the lead's last known row up to then, `NONE` without one.

    Parameters
    ----------
    known
        Lead and time of some rows, lead by lead and each lead's by time: shape (rows,) each.
    asked
        Leads and times: shape (n,) each.
    """
    if not len(known[0]) or not len(asked[0]):
        return np.full(len(asked[0]), NONE, np.int64)
    # one sorted key for both: leads lie apart by more than any time can
    apart = 2.0 * np.ptp(np.append(known[1], asked[1])) + 1.0
    keys, wanted = (lead * apart + time for lead, time in (known, asked))
    found = np.searchsorted(keys, wanted, side="right") - 1
    return np.where((found >= 0) & (known[0][found] == asked[0]), found, NONE)


def carry_forward(is_known: Flags) -> Rows64:
    """Return for each row the number of the nearest row at or before it that is known, `NONE` if there is none."""
    return np.maximum.accumulate(np.where(is_known, np.arange(len(is_known)), NONE))


def observes(log: EventLog, kind: Kind) -> bool:
    """Whether the absence of ``kind`` in a stretch of this log means that nothing happened.

    True where the log has such rows at all, and for every simulated log: a CRM that never writes a kind of row can't
    tell an idle week from a busy one.
    """
    return bool((log.events["kind"] == int(kind)).any()) or is_simulated(log)


def is_simulated(log: EventLog) -> bool:
    """Tell whether a simulator wrote the log: only there the latent quality of a lead is known."""
    return bool(np.isfinite(log.leads["quality"].astype(np.float64)).any())
