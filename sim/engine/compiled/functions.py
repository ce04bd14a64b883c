"""A user's functions in machine code: compiled by themselves, and called by the engine through their addresses.

So a new one takes a fraction of a second to compile, and the engine isn't compiled again.
"""

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any, NamedTuple

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import NumbaError
from numba.extending import intrinsic

from sim.engine.compiled.memory import column_at
from sim.engine.compiled.records import LEAD, flags_of, floats_of, view_of, wholes_of
from sim.linking import flow
from sim.pull import WAITING, FreeRep

MEMORY = 16
"""Numbers that a user's policy may remember for each rep."""


class Reps(NamedTuple):
    """A team as a user's policy sees it: the columns of `sim.routing.state.TeamState`."""

    seniority: Any
    speed: Any
    weight: Any
    wip_limit: Any
    serves_region: Any
    serves_product: Any
    eligible: Any
    open_deals: Any
    available_at: Any
    away: Any
    assigned: Any
    assigned_today: Any
    last_turn: Any


_WHOLES, _FLOATS, _FLAGS = (types.Array(kind, 1, "C") for kind in (types.int64, types.float64, types.boolean))
_FLAG_TABLE, _FLOAT_TABLE = types.Array(types.boolean, 2, "C"), types.Array(types.float64, 2, "C")
_REPS: Any = types.NamedTuple(
    (
        _WHOLES, _FLOATS, _FLOATS, _WHOLES, _FLAG_TABLE, _FLAG_TABLE, _FLAGS,
        _WHOLES, _FLOATS, _FLAGS, _WHOLES, _WHOLES, _WHOLES,
    ),
    Reps,
)  # fmt: skip
_CHOOSE_REP: Any = types.int64(numba.from_dtype(LEAD), types.float64, _WHOLES, _REPS, _FLOAT_TABLE)


_FREE_REP: Any = types.NamedTuple(
    (types.int64, types.int64, types.float64, types.float64, types.int64, types.int64), FreeRep
)
_QUEUE = types.Array(numba.from_dtype(WAITING), 1, "C")
_CHOOSE_LEAD: Any = types.int64(_FREE_REP, types.float64, _QUEUE, _FLOAT_TABLE)

_queue_at = column_at(WAITING)


FAILED = -(2**62)
"""What a function names when it has failed: no rep's place, no lead's, nor -1."""


class NotCompiledError(Exception):
    """Numba can't compile a user's function; the message says why, in one line."""


def address_of(choose_rep: Callable[..., int]) -> int:
    """Compile a user's ``choose_rep`` and return the address of its machine code.

    A policy that fails, by an index out of range or any other exception, names `FAILED`.

    Raises
    ------
    NotCompiledError
        If it uses something that Numba can't compile.
    """
    return _address(choose_rep, _CHOOSE_REP)


def address_of_pull(choose_lead: Callable[..., int]) -> int:
    """Compile a user's ``choose_lead`` as `address_of` does ``choose_rep``."""
    return _address(choose_lead, _CHOOSE_LEAD)


@lru_cache(maxsize=256)
def _address(named: Callable[..., int], signature: Any) -> int:
    function, name = getattr(named, "function", named), getattr(named, "__name__", "policy")
    if not isinstance(function, FunctionType):
        raise NotCompiledError(f"policy {name!r} is no plain function")
    try:
        guard = _GUARDS[signature](numba.njit(nogil=True, boundscheck=True)(function))
        compiled = numba.njit(nogil=True)(guard)
        compiled.compile(signature.args)
    except NumbaError as error:
        raise NotCompiledError(f"policy {name!r} can't be compiled ({_reason(error)})") from None
    result: Any = compiled.overloads[signature.args]
    if result.signature.return_type != types.int64:
        raise NotCompiledError(f"policy {name!r} returns {result.signature.return_type} rather than a whole number")
    _ALIVE.append(compiled)
    return int(result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name))


_ALIVE: list[Any] = []
"""Compiled functions: their machine code must outlive every run."""


def _guarded_rep(function: Callable[..., int]) -> Callable[..., int]:
    def choose_rep(lead: Any, now: float, load: Any, reps: Any, state: Any) -> int:
        try:
            rep = function(lead, now, load, reps, state)
        except Exception:  # noqa: BLE001 - whatever it is, the reference engine tells the user
            rep = FAILED
        return rep

    return choose_rep


def _guarded_lead(function: Callable[..., int]) -> Callable[..., int]:
    def choose_lead(rep: Any, now: float, queue: Any, state: Any) -> int:
        try:
            lead = function(rep, now, queue, state)
        except Exception:  # noqa: BLE001 - as above
            lead = FAILED
        return lead

    return choose_lead


_GUARDS: dict[Any, Callable[[Callable[..., int]], Callable[..., int]]] = {
    _CHOOSE_REP: _guarded_rep,
    _CHOOSE_LEAD: _guarded_lead,
}


def _reason(error: NumbaError) -> str:
    """Return the line of a compiler's message that says what it can't do."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [
        line for line in lines if line and not line.startswith(("Failed in", "During", "File", "Enable", "No conv"))
    ]
    return told[0] if told else "unknown reason"


def _caller(signature: Any) -> Any:
    """Return the function (address, tuple of arguments) → result that calls a user's function."""

    @intrinsic
    def call(_: Any, address: Any, arguments: Any) -> Any:
        def build(context: Any, builder: Any, _: Any, args: Any) -> Any:
            result, *kinds = (context.get_value_type(kind) for kind in (signature.return_type, *signature.args))
            pointer = builder.inttoptr(args[0], ir.FunctionType(result, kinds).as_pointer())
            return context.call_function_pointer(builder, pointer, cgutils.unpack_tuple(builder, args[1], len(kinds)))

        return types.int64(types.int64, types.Tuple(signature.args)), build

    return call


_call_choose_rep, _call_choose_lead = _caller(_CHOOSE_REP), _caller(_CHOOSE_LEAD)


@flow
def call_choose_rep(w: Any, team: Any, address: int) -> int:
    """Return whom a user's policy names for the lead on view."""
    first, n = team.first, team.n_reps
    reps = Reps(
        wholes_of(w.rep_seniority, first, n),
        floats_of(w.rep_speed, first, n),
        floats_of(w.rep_weight, first, n),
        wholes_of(w.rep_limit, first, n),
        flags_of(w.rep_regions, first * w.n_regions, n * w.n_regions).reshape((n, w.n_regions)),
        flags_of(w.rep_products, first * w.n_products, n * w.n_products).reshape((n, w.n_products)),
        flags_of(w.rep_eligible, first, n),
        wholes_of(w.rep_open, first, n),
        floats_of(w.rep_available, first, n),
        flags_of(w.rep_away, first, n),
        wholes_of(w.rep_assigned, first, n),
        wholes_of(w.rep_today, first, n),
        wholes_of(w.rep_turn, first, n),
    )
    memory = floats_of(w.rep_memory, MEMORY * first, MEMORY * n).reshape((n, MEMORY))
    return int(_call_choose_rep(address, (view_of(w), w.now, reps.open_deals, reps, memory)))


@flow
def call_choose_lead(w: Any, team: Any, place: int, shown: int) -> int:
    """Return which of the tasks that are shown a user's function names for a free rep."""
    i = team.first + place
    rep = FreeRep(
        place,
        wholes_of(w.rep_seniority, i, 1)[0],
        floats_of(w.rep_speed, i, 1)[0],
        floats_of(w.rep_weight, i, 1)[0],
        wholes_of(w.rep_limit, i, 1)[0],
        wholes_of(w.rep_open, i, 1)[0],
    )
    memory = floats_of(w.rep_memory, MEMORY * team.first, MEMORY * team.n_reps).reshape((team.n_reps, MEMORY))
    return int(_call_choose_lead(team.wish, (rep, w.now, _queue_at(w.waiting, shown), memory)))
