"""The reduction: key figures of a run from its rows as they are written, so that the rows needn't be kept.

Rows come in chunks of any size. Compiled rules follow every lead through them, row by row, and keep what the figures
need: a record for each lead (`lives.py`), and where tables are wanted, for each stay in a stage (`stays.py`) and each
person's busy time (`jobs.py`). Where the chunks are cut changes no bit of the result. The queries of `sim.kpis` over a
finished log say what every figure means.
"""

from sim.kpis.reduction.reduction import Reduction

__all__ = ["Reduction"]
