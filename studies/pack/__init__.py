"""The board pack: a kept run as something to present, to hand out, to compute with or to read.

`story.tell` says what a run found, as one neutral `document.Pack`; each writer (`page`, `slides`, `workbook`, `paper`)
puts it into one format. Nothing is computed anew: all numbers come from the run's kept tables.
"""
