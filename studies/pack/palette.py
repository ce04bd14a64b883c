"""The colours of a pack: few, restrained, and told apart by the colour-blind, by lightness too."""

from types import MappingProxyType

from studies.charts import COLOURS

INK, QUIET, LINE, BAND, PAPER = "#1B1F24", "#59626D", "#D5DAE0", "#F3F6F9", "#FFFFFF"
"""Text, secondary text, rules, the ground of a table's head, and the paper."""

GOOD, BAD, UNSURE, GOAL = "good", "bad", "unsure", "goal"
"""What the bar of a category may stand for."""

MARKS = MappingProxyType({GOOD: COLOURS[0], BAD: COLOURS[3], UNSURE: "#A3ABB5", GOAL: COLOURS[1]})
SERIES = (COLOURS[0], "#A3ABB5", COLOURS[1], COLOURS[2], COLOURS[4], COLOURS[5])
"""The colours of series in the order of the legend; with two, the second steps back."""

LATIN, CHINESE = "Arial", "Microsoft YaHei"
"""The fonts that a presentation and a workbook name: every office has them, or puts its own in their place."""
