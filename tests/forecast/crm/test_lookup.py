"""Side tables, aliases and currencies; what doesn't match is proposed, never mended in silence."""

from pathlib import Path

import numpy as np
import pytest

from forecast.crm import History, parse_mapping, read
from sim.errors import DataError, UnknownNameError

MAPPING = """
kind: opportunity-table
time_zone: UTC
columns:
  {lead: id, stage: stage, created: born, closed: close, owner: rep, product: product, amount: products.price,
   region: teams.region, won_amount: value, segment: accounts.sector, account: account}
tables: {products: {key: name, on: product}, teams: {key: rep}, accounts: {key: account, optional: true}}
roster: {table: teams, team: team, manager: boss, region: region}
stages: [open]
won: Won
lost: Lost
"""
DEALS = (
    "id,stage,born,close,rep,product,value,account\n"
    "1,Won,2024-01-01,2024-01-05,Ann,GTXPro,90,Acme\n"
    "2,open,2024-01-02,,Bo,GTX Pro,,Acme\n"
    "3,open,2024-01-02,,Sydney,Pump,,\n"
)
PRODUCTS = "name,price\nGTX Pro,100\nPump,50\n"
TEAMS = "rep,team,boss,region\nAnn,A,Zoe,north\nBo,B,Zoe,south\nSidney,B,Zoe,south\n"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return tell(tmp_path, MAPPING)


def tell(folder: Path, mapping: str, *more: str) -> History:
    contents = {"deals": DEALS, "products": PRODUCTS, "teams": TEAMS}
    contents |= {f"more{number}": text for number, text in enumerate(more)}
    for name, text in contents.items():
        (folder / f"{name}.csv").write_text(text)
    return read(parse_mapping(mapping, "crm.yaml"), [folder / f"{name}.csv" for name in contents])


def test_files_find_their_tables_by_their_columns(history: History) -> None:
    assert history.log.vocabulary["region"] == ("north", "south")
    np.testing.assert_array_equal(history.log.leads["amount"], [np.nan, 100, 50])


def test_a_name_that_is_not_listed_is_proposed_and_left_as_it_is(history: History) -> None:
    assert history.quality["not-in-products"].examples == ("GTXPro (GTX Pro?)",)
    assert history.quality["not-in-teams"].examples == ("Sydney (Sidney?)",)
    assert history.quality["not-in-roster"].examples == ("Sydney (Sidney?)",)
    assert history.quality["two-spellings"].examples == ("product: GTX Pro = GTXPro",)
    assert history.log.vocabulary["product"] == ("GTX Pro", "GTXPro", "Pump")


def test_an_alias_mends_the_name_and_the_lookup_and_says_so(tmp_path: Path) -> None:
    mended = tell(tmp_path, MAPPING + "aliases: {product: {GTXPro: GTX Pro}, rep: {Sydney: Sidney}}\n")
    np.testing.assert_array_equal(mended.log.leads["amount"], [100, 100, 50])
    assert mended.log.vocabulary["actor"] == ("Ann", "Bo", "Sidney")
    assert sum(finding.count for finding in mended.quality.findings if finding.code == "respelled") == 2
    assert "not-in-products" not in mended.quality


def test_an_optional_table_may_stay_away_and_may_come(tmp_path: Path) -> None:
    assert tell(tmp_path, MAPPING).log.vocabulary["segment"] == ()
    assert tell(tmp_path, MAPPING, "account,sector\nAcme,tools\n").log.vocabulary["segment"] == ("tools",)


def test_of_a_key_listed_twice_the_first_row_is_used(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("name,price\nPump,50\nPump,60\n")
    (tmp_path / "d.csv").write_text(DEALS)
    (tmp_path / "t.csv").write_text(TEAMS)
    files = {"main": tmp_path / "d.csv", "products": [tmp_path / "p.csv"], "teams": tmp_path / "t.csv"}
    twice = read(parse_mapping(MAPPING, "crm.yaml"), files)
    assert twice.log.leads["amount"].tolist()[2] == 50
    assert twice.quality["products-key-twice"].examples == ("Pump",)


def test_the_roster_joins_the_list_with_what_was_seen(history: History) -> None:
    frame = history.roster.to_frame().set_index("name")
    assert frame.index.tolist() == ["Ann", "Bo", "Sydney", "Sidney"]
    assert frame["team"].tolist() == ["A", "B", "", "B"]
    assert frame["listed"].tolist() == [True, True, False, True]
    assert frame["won"].tolist() == [1, 0, 0, 0]
    assert frame["owned"].tolist() == [1, 1, 1, 0]
    assert history.roster["Sidney"].first_seen is None
    assert history.quality["never-seen"].examples == ("Sidney",)
    assert [history.log.vocabulary["team"][code] if code >= 0 else "" for code in history.log.actor_team] == [
        "A",
        "B",
        "",
        "B",
    ]
    with pytest.raises(UnknownNameError, match="no rep 'Dan'; this roster has Ann, Bo, Sydney, Sidney"):
        history.roster["Dan"]


CURRENCY = """
kind: stage-history
time_zone: UTC
columns: {lead: id, stage: stage, time: at, amount: amount, currency: code}
currency: {account: CNY, rates: {USD: 7, JPY: 0.05}}
stages: [Q]
won: W
"""


def test_amounts_are_turned_into_the_account_currency(tmp_path: Path) -> None:
    rows = "1,Q,2024-01-01,100,USD\n2,Q,2024-01-02,100,CNY\n3,Q,2024-01-03,100,\n4,Q,2024-01-03,,EUR\n"
    (tmp_path / "deals.csv").write_text("id,stage,at,amount,code\n" + rows)
    history = read(parse_mapping(CURRENCY, "crm.yaml"), tmp_path / "deals.csv")
    np.testing.assert_array_equal(history.log.leads["amount"], [700, 100, 100, np.nan])


def test_an_alias_may_name_only_what_the_column_says(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,stage,at,amount,code\n1,Q,2024-01-01,100,EUR\n")
    with pytest.raises(DataError, match=r"no rate for the currency 'EUR'; currency.rates has CNY, USD, JPY"):
        read(parse_mapping(CURRENCY, "crm.yaml"), tmp_path / "deals.csv")
    aliased = parse_mapping(CURRENCY + "aliases: {code: {EUR: USD}}\n", "crm.yaml")
    assert read(aliased, tmp_path / "deals.csv").log.leads["amount"].tolist() == [700]
