"""Logs told in words, for tests whose every number is worked out by hand.

A lead is a name and a line such as ``0 created; 0 entered qualify; 1 started @ann; 2 touched @ann; 3 lost qualify
!price``: each piece is a time in days, a kind, and any of a stage, ``@actor``, ``!cause`` and ``$amount``.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from hypothesis import strategies as st

from sim.eventlog import CODED_LEAD_COLUMNS, NONE, EventLog, Kind

STAGES = ("qualify", "discovery", "proposal")
TEAMS = {"ann": "inside", "bob": "inside", "cid": "field", "legal": ""}
ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday

type Row = tuple[float, int, Kind, int, int, float, int]


def tell(
    *lines: str,
    leads: Sequence[Mapping[str, object]] = (),
    window: tuple[float, float] = (0.0, 10.0),
    simulated: bool = True,
    origin: datetime = ORIGIN,
    stages: tuple[str, ...] = STAGES,
) -> EventLog:
    """Make a log with one lead a line; ``leads`` gives lead columns by name, line by line."""
    words: dict[str, list[str]] = {"stage": list(stages), "actor": list(TEAMS), "cause": []}
    rows = [row for number, line in enumerate(lines) for row in _rows(number, line, words)]
    return _log(rows, len(lines), words, leads, window=window, simulated=simulated, origin=origin)


def _rows(number: int, line: str, words: dict[str, list[str]]) -> list[Row]:
    return [_row(number, piece.split(), words) for piece in line.split(";") if piece.strip()]


def _row(number: int, piece: list[str], words: dict[str, list[str]]) -> Row:
    codes, amount = {"stage": NONE, "actor": NONE, "cause": NONE}, np.nan
    for word in piece[2:]:
        name = {"@": "actor", "!": "cause"}.get(word[0], "stage")
        if word[0] == "$":
            amount = float(word[1:])
            continue
        text = word.lstrip("@!")
        if text not in words[name]:
            words[name].append(text)
        codes[name] = words[name].index(text)
    return (float(piece[0]), number, Kind[piece[1].upper()], codes["stage"], codes["actor"], amount, codes["cause"])


def _log(
    rows: list[Row],
    n_leads: int,
    words: Mapping[str, Sequence[str]],
    leads: Sequence[Mapping[str, object]],
    *,
    window: tuple[float, float],
    simulated: bool,
    origin: datetime,
) -> EventLog:
    columns = list(zip(*rows, strict=True)) or [()] * 7
    names = ("time", "lead", "kind", "stage", "actor", "amount", "cause")
    vocabulary = {name: tuple(values) for name, values in words.items()}
    table: dict[str, object] = {"number": np.arange(n_leads), "score": np.full(n_leads, np.nan)}
    table["quality"] = np.zeros(n_leads) if simulated else np.full(n_leads, np.nan)
    given = [leads[number] if number < len(leads) else {} for number in range(n_leads)]
    for name in CODED_LEAD_COLUMNS:
        texts = [str(lead.get(name, "any")) for lead in given]
        vocabulary[name] = tuple(dict.fromkeys(texts))
        table[name] = [vocabulary[name].index(text) for text in texts]
    table["amount"] = [lead.get("amount", np.nan) for lead in given]
    table["created"] = [min((row[0] for row in rows if row[1] == number), default=np.nan) for number in range(n_leads)]
    teams = tuple(dict.fromkeys(team for team in TEAMS.values() if team))
    actors = [TEAMS.get(actor, "") for actor in vocabulary["actor"]]
    return EventLog.from_rows(
        origin=origin,
        window=window,
        events=dict(zip(names, columns, strict=True)),
        leads=table,
        vocabulary={**vocabulary, "team": teams},
        actor_team=np.array([teams.index(team) if team else NONE for team in actors], np.int32),
    )


# Random logs. Times are multiples of 1/8 day, so that sums of them are exact and events often meet at one instant.

_gaps = st.integers(0, 40).map(lambda eighths: eighths / 8)
_actors = st.sampled_from(("ann", "bob", "cid"))


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Tell one lead's life as the simulator would: created at -5 to 20 days, some touches a stage, any end."""
    time, pieces, place = draw(st.integers(-40, 160)) / 8, [], 0
    pieces += [f"{time} created", f"{time} entered {STAGES[0]}"]
    for _ in range(draw(st.integers(0, 6))):
        time += draw(_gaps)
        time, place, more = _one_stage(draw, pieces, time, place)
        if not more:
            break
    return "; ".join(pieces)


def _one_stage(draw: st.DrawFn, pieces: list[str], time: float, place: int) -> tuple[float, int, bool]:
    """Add touches and the end of one visit; return the time, the stage the lead is in now, and whether it goes on."""
    if draw(st.booleans()):
        time += draw(_gaps)
        pieces += [f"{time} latency_ended"]
    for _ in range(draw(st.integers(0, 2))):
        time = _touch(draw, pieces, time)
    stage = STAGES[place]
    end = draw(st.sampled_from(("advanced", "lost", "nurtured", "returned", "open")))
    if end == "advanced" and place == len(STAGES) - 1:
        pieces += [f"{time} advanced {stage}", f"{time} won {stage} ${draw(st.integers(1, 100))}"]
        return time, place, False
    if end in ("lost", "open"):
        pieces += [f"{time} lost {stage} !{draw(st.sampled_from(('price', 'rival')))}"] if end == "lost" else []
        return time, place, False
    place = place + 1 if end == "advanced" else draw(st.integers(0, place))
    if end == "advanced":
        pieces += [f"{time} advanced {stage}"]
    if end == "nurtured":
        pieces += [f"{time} nurtured {stage}", f"{time + 1} woken"]
        time += 1
    pieces += [f"{time} entered {STAGES[place]}"]
    return time, place, True


def _touch(draw: st.DrawFn, pieces: list[str], time: float) -> float:
    """Add an assignment, perhaps an expert's job, and a touch with the buyer's answer."""
    actor = draw(_actors)
    pieces += [f"{time} routed @{actor}"]
    if draw(st.booleans()):
        started, finished = time + draw(_gaps), 0.0
        finished = started + draw(_gaps)
        pieces += [
            f"{time} expert_requested @legal",
            f"{started} expert_started @legal",
            f"{finished} expert_finished @legal",
        ]
        time = finished if draw(st.booleans()) else time
    instants = np.cumsum([time, draw(_gaps), draw(_gaps), draw(_gaps)])
    pieces += [f"{instants[1]} started @{actor}", f"{instants[2]} touched @{actor}", f"{instants[3]} latency_ended"]
    return float(instants[3])


@st.composite
def logs(draw: st.DrawFn, *, max_leads: int = 8) -> EventLog:
    """Tell some leads' lives and cut the log off at a random instant, as the end of a simulation does."""
    end = draw(st.integers(8, 320)) / 8
    told = draw(st.lists(lines(), max_size=max_leads))
    cut = ["; ".join(piece for piece in line.split("; ") if float(piece.split()[0]) <= end) for line in told]
    amounts = [{"amount": draw(st.integers(1, 100)), "channel": draw(st.sampled_from(("web", "fair")))} for _ in cut]
    return tell(*cut, leads=amounts, window=(0.0, end))
