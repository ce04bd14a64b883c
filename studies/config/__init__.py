"""Funnels and plans as files that people can read and edit, and back: nothing is lost on the way."""

from studies.config.scenario_file import ScenarioFile, read_scenarios, write_scenarios
from studies.config.spec_file import dump_spec, load_spec, parse_spec, save_spec

__all__ = ["ScenarioFile", "dump_spec", "load_spec", "parse_spec", "read_scenarios", "save_spec", "write_scenarios"]
