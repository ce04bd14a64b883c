"""The example company: a truth that is plausible, and an export that holds what a CRM can know of it and no more."""

import gzip
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.calibration.calibrate import calibrate
from forecast.crm import History, load_mapping, read
from sim.calendar import worked
from sim.eventlog import NONE, EventLog, Kind
from sim.kpis import bookings, team_utilisation
from sim.opening import Opening
from sim.simulate import simulate
from studies.example.company import AS_OF, SINCE, operation, truth
from studies.example.export import FILES, WORDS, export_tables, simulate_history, write_export
from studies.example.market import LEAD, MQL, NEGOTIATION, PROPOSAL, SQL, TIME_ZONE
from studies.example.people import CLOSERS, DESK
from studies.recovery import recovered

DATA = Path(str(files("studies.example") / "data"))
MOST_BYTES = 4_000_000
DAYS = 45.0
TOLD = (Kind.ENTERED, Kind.STARTED, Kind.TOUCHED, Kind.NURTURED, Kind.LOST, Kind.WON, Kind.ADVANCED)


@pytest.fixture(scope="module")
def simulated() -> EventLog:
    """Six weeks that begin, empty, with the first lead of the export."""
    return simulate(truth(), Opening(SINCE), days=DAYS, seed=3)


@pytest.fixture(scope="module")
def read_back(simulated: EventLog, tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("export")
    for name, table in export_tables(simulated).items():
        table.to_csv(folder / name.removesuffix(".gz"), index=False)
    return read(load_mapping(DATA / "mapping.yaml"), sorted(folder.iterdir()))


@pytest.fixture(scope="module")
def embedded() -> History:
    return read(load_mapping(DATA / "mapping.yaml"), [DATA / name for name in FILES])


def facts(log: EventLog) -> pd.DataFrame:
    """Every fact that an export tells, by lead in the order of creation, to the second."""
    frame = log.to_frame()[log.of_kind(*TOLD)]
    place = pd.Series(np.lexsort((log.leads["number"], log.leads["channel"], log.leads["created"])))
    frame["lead"] = frame["lead"].map(pd.Series(place.index, index=place.to_numpy()))
    begin = log.origin.timestamp()
    frame["time"] = np.floor(frame["time"] * 86_400 + begin + 1e-3)
    frame["actor"] = frame["actor"].where(frame["kind"].isin(["started", "touched"]))
    columns = ["lead", "time", "kind", "stage", "actor", "cause"]
    return frame[columns].astype(dict.fromkeys(columns[2:], object)).sort_values(columns[:4], ignore_index=True)


def test_the_export_reads_back_as_what_happened(simulated: EventLog, read_back: History) -> None:
    pd.testing.assert_frame_equal(facts(read_back.log), facts(simulated))


def test_owners_amounts_and_scores_read_back(simulated: EventLog, read_back: History) -> None:
    log = read_back.log
    order = np.argsort(simulated.leads["created"], kind="stable")
    np.testing.assert_allclose(log.leads["score"], simulated.leads["score"][order], atol=0.0501)
    known = ~np.isnan(log.leads["amount"])
    became_sql = np.isin(np.arange(simulated.n_leads), simulated.events["lead"][_entered(simulated, SQL)])
    assert (known == became_sql[order]).all()
    np.testing.assert_allclose(log.leads["amount"][known], simulated.leads["amount"][order][known], atol=0.501)
    assert bookings(log)["bookings"].sum() == pytest.approx(bookings(simulated)["bookings"].sum(), abs=50)
    given = Kind.ROUTED, Kind.CLAIMED
    assert _last_owner(log, *given) == _last_owner(simulated, *given)


def _entered(log: EventLog, stage: str) -> np.ndarray:
    return log.of_kind(Kind.ENTERED) & (log.events["stage"] == log.code("stage", stage))


def _last_owner(log: EventLog, *kinds: Kind) -> list[str]:
    order = np.argsort(log.leads["created"], kind="stable")
    owner = np.full(log.n_leads, NONE)
    rows = log.of_kind(*kinds)
    owner[log.events["lead"][rows]] = log.events["actor"][rows]
    return [log.vocabulary["actor"][code] if code != NONE else "" for code in owner[order]]


def test_every_row_is_read_and_none_repaired(embedded: History) -> None:
    quality = embedded.quality
    assert quality.rows_used == quality.rows_in
    assert "error" not in {finding.severity for finding in quality.findings}


def test_the_export_says_that_it_is_simulated() -> None:
    assert all(name.startswith("simulated-") for name in FILES)
    assert "Nothing here is real" in (DATA / "README.md").read_text("utf-8")
    assert (pd.read_csv(DATA / FILES[3])["data"] == "simulated").all()
    for name in FILES[:3]:
        assert pd.read_csv(DATA / name, usecols=["id"])["id"].str.startswith("SIM-").all()


def test_the_export_is_small_enough_for_git() -> None:
    assert sum((DATA / name).stat().st_size for name in FILES) < MOST_BYTES


def test_the_export_holds_nothing_that_a_crm_cannot_observe(embedded: History) -> None:
    tables = {name: pd.read_csv(DATA / name, nrows=5) for name in FILES}
    assert not {column for table in tables.values() for column in table} & {"quality", "speed", "skill", "list_share"}
    assert np.isnan(embedded.log.leads["quality"]).all()
    words = set(pd.read_csv(DATA / FILES[0], usecols=["activity"])["activity"])
    assert words == {*WORDS.values(), "Closed Won", "Closed Lost", "Nurture"}


def test_the_export_begins_with_its_first_lead_and_ends_before_the_as_of_date(embedded: History) -> None:
    created = pd.to_datetime(pd.read_csv(DATA / FILES[2], usecols=["created"])["created"])
    assert created.min() >= SINCE
    assert created.max() < AS_OF
    assert embedded.log.instant(embedded.log.window[1]) == AS_OF.astimezone(embedded.log.origin.tzinfo)


def test_the_company_has_the_size_that_it_claims(embedded: History) -> None:
    log = embedded.log
    years = (AS_OF - SINCE) / timedelta(days=365.25)
    assert 19_000 < log.n_leads / years < 21_000
    won = int(log.of_kind(Kind.WON).sum())
    assert 0.01 < won / log.n_leads < 0.02
    assert {name: len(log.vocabulary[name]) for name in ("channel", "region", "segment", "product", "stage")} == {
        "channel": 5, "region": 3, "segment": 3, "product": 2, "stage": 5,
    }  # fmt: skip
    assert [rep.name for rep in embedded.roster if not rep.listed] == []


def test_what_the_company_knows_of_itself_holds_nobody_s_speed_or_skill() -> None:
    known = operation()
    assert {rep.speed for rep in known.reps} == {1.0}
    assert all(not rep.skill for rep in known.reps)
    assert [rep.name for rep in known.reps] == [rep.name for rep in truth().operation.reps]


@pytest.mark.slow
def test_both_teams_are_busy_but_not_drowned() -> None:
    spec, log = truth(), simulate_history()
    start, end = log.window[1] - 365, log.window[1]
    available = {}
    hours = {}
    for rep in spec.operation.reps:
        table = spec.operation.calendars[rep.calendar].open_hours(log.origin, start, end, rep.leave)
        available[rep.name] = worked(table.starts, table.ends, start, end)
        hours[rep.name] = np.vectorize(lambda a, b, table=table: worked(table.starts, table.ends, a, b), otypes=[float])
    share = team_utilisation(log, available, hours, (start, end))["utilisation"]
    assert 0.7 < share[DESK] < 0.92
    assert 0.7 < share[CLOSERS] < 0.92


@pytest.mark.slow
def test_the_generator_writes_the_embedded_export_again(tmp_path: Path) -> None:
    write_export(tmp_path)
    for name in FILES:
        # compression may differ between versions of zlib, the tables may not
        unpack = gzip.decompress if name.endswith(".gz") else bytes
        assert unpack((tmp_path / name).read_bytes()) == unpack((DATA / name).read_bytes()), name


@pytest.fixture(scope="module")
def table(embedded: History) -> pd.DataFrame:
    found = calibrate(embedded.log, AS_OF, zone=TIME_ZONE, operation=operation())
    return recovered(found.estimates.to_frame(), truth()).set_index(["where", "what"])


@pytest.mark.slow
def test_what_is_estimated_from_the_export_is_the_truth_within_standard_errors(table: pd.DataFrame) -> None:
    z = table["z"].dropna().abs()
    assert len(z) > 100
    assert (z < 2).mean() > 0.88
    assert z.max() < 5


@pytest.mark.slow
def test_the_same_check_catches_a_truth_that_is_a_fifth_off(table: pd.DataFrame) -> None:
    sharp = table[table["error"] < table["truth"].abs() / 30]
    assert len(sharp) > 20
    assert (((sharp["value"] - 1.2 * sharp["truth"]) / sharp["error"]).abs() > 5).mean() > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("stage", [LEAD, MQL, SQL, PROPOSAL, NEGOTIATION])
def test_effort_comes_back_within_three_percent(table: pd.DataFrame, stage: str) -> None:
    row = table.loc[(f"stage {stage!r}", "effort")]
    assert row["value"] == pytest.approx(row["truth"], rel=0.03)
