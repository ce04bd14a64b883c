"""A user's policy in machine code: compiled by itself, and called by the engine through its address.

So a new policy takes a fraction of a second to compile, and the engine isn't compiled again.
"""

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any, NamedTuple

import numba
from llvmlite import ir
from numba import types
from numba.core.errors import NumbaError
from numba.extending import intrinsic

from sim.engine.compiled.records import LEAD, flags_of, floats_of, view_of, wholes_of
from sim.linking import flow

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


FAILED = -(2**62)
"""What a policy names when it has failed: no rep's place, nor -1."""


class NotCompiledError(Exception):
    """Numba can't compile a user's policy; the message says why, in one line."""


@lru_cache(maxsize=256)
def address_of(choose_rep: Callable[..., int]) -> int:
    """Compile a user's ``choose_rep`` and return the address of its machine code.

    A policy that fails, by an index out of range or any other exception, names `FAILED`.

    Raises
    ------
    NotCompiledError
        If it uses something that Numba can't compile.
    """
    function = getattr(choose_rep, "function", choose_rep)
    name = getattr(choose_rep, "__name__", "choose_rep")
    if not isinstance(function, FunctionType):
        raise NotCompiledError(f"policy {name!r} is no plain function")
    try:
        compiled = numba.njit(nogil=True)(_guarded(numba.njit(nogil=True, boundscheck=True)(function)))
        compiled.compile(_CHOOSE_REP.args)
    except NumbaError as error:
        raise NotCompiledError(f"policy {name!r} can't be compiled ({_reason(error)})") from None
    result: Any = compiled.overloads[_CHOOSE_REP.args]
    if result.signature.return_type != types.int64:
        raise NotCompiledError(f"policy {name!r} returns {result.signature.return_type} rather than a whole number")
    _ALIVE.append(compiled)
    return int(result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name))


_ALIVE: list[Any] = []
"""Compiled policies: their machine code must outlive every run."""


def _guarded(function: Callable[..., int]) -> Callable[..., int]:
    def choose_rep(lead: Any, now: float, load: Any, reps: Any, state: Any) -> int:
        try:
            rep = function(lead, now, load, reps, state)
        except Exception:  # noqa: BLE001 - whatever it is, the reference engine tells the user
            rep = FAILED
        return rep

    return choose_rep


def _reason(error: NumbaError) -> str:
    """Return the line of a compiler's message that says what it can't do."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [
        line for line in lines if line and not line.startswith(("Failed in", "During", "File", "Enable", "No conv"))
    ]
    return told[0] if told else "unknown reason"


@intrinsic
def _call(_: Any, address: Any, lead: Any, now: Any, load: Any, reps: Any, state: Any) -> Any:
    def build(context: Any, builder: Any, _: Any, args: Any) -> Any:
        return context.call_function_pointer(builder, _pointer(context, builder, args[0]), args[1:])

    return types.int64(types.int64, *_CHOOSE_REP.args), build


def _pointer(context: Any, builder: Any, address: Any) -> Any:
    result, *parameters = (context.get_value_type(kind) for kind in (_CHOOSE_REP.return_type, *_CHOOSE_REP.args))
    return builder.inttoptr(address, ir.FunctionType(result, parameters).as_pointer())


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
    return _call(address, view_of(w), w.now, reps.open_deals, reps, memory)  # type: ignore[call-arg]  # the first parameter is Numba\'s own
