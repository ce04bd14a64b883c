"""The compiled engine: the funnel of `sim.deal` and `sim.engine` as one event loop in machine code.

It tells the same flow as the SimPy processes, file by file (`deal.py`, `desk.py`, `pool.py`, `sla.py`, `people.py`),
and calls the same rules. What SimPy keeps in objects, lists and generators stands here in records (`records.py`), and
what a process waits for is an event on the agenda (`agenda.py`). For every funnel, seed and replication both engines
write the same rows in the same order.
"""
