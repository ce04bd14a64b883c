"""Reading a CRM export: the only reader of foreign data.

>>> history = read(load_mapping("salesforce-opportunity-history"), "OpportunityHistory.csv")  # doctest: +SKIP
>>> history.log, history.roster, history.quality, history.opening()  # doctest: +SKIP
"""

from forecast.crm.findings import Finding, QualityReport
from forecast.crm.history import History, read
from forecast.crm.mapping import Mapping
from forecast.crm.mapping_file import load_mapping, parse_mapping, preset_names, preset_text
from forecast.crm.mapping_parts import Shape
from forecast.crm.roster import Roster, RosterRep
from forecast.crm.writing import as_stage_history

__all__ = [
    "Finding",
    "History",
    "Mapping",
    "QualityReport",
    "Roster",
    "RosterRep",
    "Shape",
    "as_stage_history",
    "load_mapping",
    "parse_mapping",
    "preset_names",
    "preset_text",
    "read",
]
