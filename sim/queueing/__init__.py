"""Closed forms of queueing theory: what a funnel with a simple enough shape must do in the long run.

They size a team on the back of an envelope, and they are the yardstick for the simulator: where a formula is exact, the
simulated mean must agree with it. Time may be counted in any unit, the same one for all arguments of a call.
"""

from sim.queueing.erlang import erlang_b, erlang_c, mmc
from sim.queueing.impatience import ImpatientQueue, deterministic_patience, erlang_a
from sim.queueing.network import Network, jackson, throughput
from sim.queueing.priority import nonpreemptive_priority, nonpreemptive_priority_mg1
from sim.queueing.single import gi_m_1, mg1
from sim.queueing.steady import SteadyQueue
from sim.queueing.timevarying import mtginf_mean, sinusoidal_mtminf_mean

__all__ = [
    "ImpatientQueue",
    "Network",
    "SteadyQueue",
    "deterministic_patience",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "gi_m_1",
    "jackson",
    "mg1",
    "mmc",
    "mtginf_mean",
    "nonpreemptive_priority",
    "nonpreemptive_priority_mg1",
    "sinusoidal_mtminf_mean",
    "throughput",
]
