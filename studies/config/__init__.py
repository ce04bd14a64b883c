"""A company's funnel as a file that people can read and edit, and back: nothing is lost on the way."""

from studies.config.spec_file import dump_spec, load_spec, parse_spec, save_spec

__all__ = ["dump_spec", "load_spec", "parse_spec", "save_spec"]
