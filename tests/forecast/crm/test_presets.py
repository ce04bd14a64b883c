"""The mappings that ship with Headrace read what the systems export."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.crm import History, load_mapping, parse_mapping, preset_names, preset_text, read
from forecast.crm.mapping_parts import REQUIRED, Columns

type Words = Callable[[History], list[str]]


def tell(folder: Path, preset: str, **contents: str) -> History:
    paths = []
    for name, text in contents.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, "utf-8-sig")
    return read(load_mapping(preset), paths)


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_a_valid_mapping_that_says_what_it_is_for(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.name == name
    assert mapping.description
    assert mapping == parse_mapping(preset_text(name), name)


def test_a_preset_copied_to_a_file_is_read_from_there(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(preset_text("olist"), "utf-8")
    assert load_mapping(tmp_path / "ours.yaml").columns == load_mapping("olist").columns
    assert load_mapping(str(tmp_path / "ours.yaml")).name == "ours"


def test_the_documented_mapping_is_one_and_the_page_names_every_column_and_kind() -> None:
    page = (Path(__file__).parents[3] / "docs" / "mapping-file.md").read_text("utf-8")
    mapping = parse_mapping(page.split("```yaml\n")[1].split("```")[0], "the page")
    assert list(mapping.stages) == ["qualify", "proposal"]
    named = [*Columns.model_fields, *REQUIRED, "touches", "stage_dates"]
    assert [name for name in named if f"`{name}`" not in page] == []


SALESFORCE = (
    "Id,OpportunityId,StageName,Amount,ExpectedRevenue,CloseDate,Probability,ForecastCategory,CreatedById,CreatedDate\n"
    '"1","006A","Prospecting","1000.0","100.0","2024-03-31","10","Pipeline","005X","2024-01-05T09:00:00.000+0000"\n'
    '"2","006A","Prospecting","2000.0","200.0","2024-03-31","10","Pipeline","005X","2024-01-06T09:00:00.000+0000"\n'
    '"3","006A","Negotiation/Review","2000.0","1800.0","2024-03-31","90","Commit","005Y","2024-02-01T09:00:00.000+0000"\n'
    '"4","006A","Closed Won","1900.0","1900.0","2024-02-20","100","Closed","005Y","2024-02-20T09:00:00.000+0000"\n'
)


def test_salesforce_stage_history_tells_changes_of_stage_and_amount(tmp_path: Path, story: Words) -> None:
    history = tell(tmp_path, "salesforce-opportunity-history", history=SALESFORCE)
    assert [line.split(" ", 2)[2] for line in story(history)] == [
        "created 1000",
        "entered Prospecting 005X",
        "advanced Prospecting 005Y 2000",
        "entered Negotiation/Review 005Y",
        "advanced Negotiation/Review 005Y 1900",
        "won Negotiation/Review 005Y 1900",
    ]
    assert history.quality.rows_used == 4


def test_salesforce_opportunities_beside_the_history_add_owner_and_source(tmp_path: Path) -> None:
    deals = "Id,OwnerId,LeadSource,AccountId,Type,CreatedDate\n006A,005Z,Web,001,New Business,2024-01-04T09:00:00Z\n"
    history = tell(tmp_path, "salesforce-opportunity-history", history=SALESFORCE, deals=deals)
    (lead,) = history.log.leads_frame().to_dict("records")
    assert (lead["channel"], lead["account"], lead["segment"]) == ("Web", "001", "New Business")
    assert history.roster["005Z"].owned == 1
    assert history.log.instant(lead["created"]).isoformat() == "2024-01-04T09:00:00+00:00"


def test_salesforce_opportunities_alone_tell_creation_present_stage_and_end(tmp_path: Path, story: Words) -> None:
    rows = (
        "Id,CreatedDate,StageName,LastStageChangeDate,CloseDate,OwnerId,Amount,LeadSource,AccountId,Type\n"
        "1,2024-01-05T09:00:00.000+0000,Qualification,2024-01-08T09:00:00.000+0000,2024-12-31,005X,500,Web,001,New\n"
        "2,2024-01-05T10:00:00.000+0000,Closed Lost,2024-01-05T12:00:00.000+0000,2024-01-05,005X,500,Web,001,New\n"
    )
    history = tell(tmp_path, "salesforce-opportunity", deals=rows)
    kinds = [line.split()[1:4] for line in story(history)]
    assert ["1", "entered", "Qualification"] in kinds
    assert ["2", "lost", "Prospecting"] in kinds
    assert history.quality["same-day-order"].examples == ("2",)
    assert history.quality["no-column"].examples == ("Loss_Reason__c",)


@pytest.mark.parametrize("quote", ['"', "'"])
def test_hubspot_deals_tell_every_stage_by_its_date(tmp_path: Path, story: Words, quote: str) -> None:
    dated = [
        f"Date entered {quote}{name} (Sales Pipeline){quote}" for name in ("Appointment Scheduled", "Contract Sent")
    ]
    shown = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in dated]
    rows = (
        f"Record ID,Create Date,Deal Stage,Close Date,Deal owner,Amount,{','.join(shown)}\n"
        "11,2024-01-05 09:00,Closed Won,2024-02-01 10:00,Ann Lee,5000,2024-01-05 09:00,2024-01-20 12:00\n"
        "12,2024-01-06 09:00,Appointment Scheduled (Sales Pipeline),2024-03-31 10:00,Bo Ek,,2024-01-06 09:00,\n"
    )
    history = tell(tmp_path, "hubspot-deals", deals=rows)
    assert [line.split(" ", 2)[2] for line in story(history) if line.split()[1] == "11"] == [
        "created Ann Lee 5000",
        "entered Appointment Scheduled Ann Lee",
        "routed Appointment Scheduled Ann Lee",
        "advanced Appointment Scheduled Ann Lee 5000",
        "entered Contract Sent Ann Lee",
        "advanced Contract Sent Ann Lee 5000",
        "won Contract Sent Ann Lee 5000",
    ]
    assert history.quality["time-zone-assumed"].count > 0


def test_fxiaoke_opportunities_are_read_in_chinese(tmp_path: Path, story: Words) -> None:
    rows = (
        "商机名称,客户名称,负责人,销售阶段,商机金额,创建时间,预计成交日期,阶段变更时间,输单原因,线索来源\n"
        '甲项目,甲公司,李娜,方案/报价,"120,000.00",2024-01-05 09:00,2024-06-30,2024-01-20 15:00,,展会\n'
        "乙项目,乙公司,王伟,输单,80000,2024-01-06 09:00,2024-05-31,2024-02-01 11:00,价格,官网\n"
        "丙项目,丙公司,王伟,赢单,60000元,2024年1月8日 09:00,2024-05-31,2024-03-01 11:00,,官网\n"
    )
    history = tell(tmp_path, "fxiaoke-opportunities", deals=rows)
    lines = [line.split(" ", 1)[1] for line in story(history)]
    assert "甲项目 entered 方案/报价 李娜" in lines
    assert "乙项目 lost 验证客户 王伟 80000 价格" in lines
    assert "丙项目 won 验证客户 王伟 60000" in lines
    assert history.log.vocabulary["channel"] == ("官网", "展会")
    assert str(history.log.origin.tzinfo) == "Asia/Shanghai"


def test_a_chinese_export_saved_by_excel_says_which_encoding_it_needs(tmp_path: Path) -> None:
    header = "商机名称,客户名称,负责人,销售阶段,商机金额,创建时间,预计成交日期,阶段变更时间,输单原因,线索来源\n"
    (tmp_path / "deals.csv").write_bytes(header.encode("gb18030"))
    with pytest.raises(ValueError, match="set `encoding: gb18030` in the mapping"):
        read(load_mapping("fxiaoke-opportunities"), tmp_path / "deals.csv")


def test_generic_deals_need_no_more_than_their_own_headers(tmp_path: Path, story: Words) -> None:
    rows = "deal,created,stage,closed\n1,2024-01-05,Won,2024-01-09\n2,2024-01-05,Proposal,\n"
    lines = [line.split(" ", 1)[1] for line in story(tell(tmp_path, "generic-opportunities", deals=rows))]
    assert {"1 won Qualification", "2 entered Proposal"} <= set(lines)
