"""Memory: records and columns at addresses, so that one number is all that the engine's functions hand on.

Numba passes an array as seven numbers and counts its references; an engine that hands forty arrays from function to
function would do little else. Here the run's `World` record holds plain addresses, and two intrinsics turn an address
into a record or a column where it is needed, at no cost. Nothing is counted and nothing is checked: an address is valid
because `sim.engine.compiled.run` laid it out.
"""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
import numpy.typing as npt
from numba import types
from numba.extending import intrinsic

from sim.jit import rule

_realloc: Any = types.ExternalFunction("realloc", types.uintp(types.uintp, types.uintp))
_free: Any = types.ExternalFunction("free", types.void(types.uintp))


def record_at(dtype: np.dtype[Any]) -> Callable[[int, int], Any]:
    """Return the function (address, index) → record of ``dtype``, to be called from compiled code only."""
    kind = numba.from_dtype(dtype)

    @intrinsic
    def at(_: Any, address: Any, index: Any) -> Any:
        def build(context: Any, builder: Any, _: Any, args: Any) -> Any:
            place = builder.add(args[0], builder.mul(args[1], args[0].type(dtype.itemsize)))
            return builder.inttoptr(place, context.get_value_type(kind))

        return kind(types.int64, types.int64), build

    return cast("Callable[[int, int], Any]", at)


def column_at(dtype: npt.DTypeLike) -> Callable[[int, int], Any]:
    """Return the function (address, length) → array of ``dtype``, to be called from compiled code only."""
    kind = numba.from_dtype(np.dtype(dtype))
    size = np.dtype(dtype).itemsize

    @intrinsic
    def at(_: Any, address: Any, length: Any) -> Any:
        array = types.Array(kind, 1, "C")

        def build(context: Any, builder: Any, _: Any, args: Any) -> Any:
            made = context.make_array(array)(context, builder)
            step = args[0].type(size)
            data = builder.inttoptr(args[0], context.get_data_type(kind).as_pointer())
            context.populate_array(made, data=data, shape=[args[1]], strides=[step], itemsize=step, meminfo=None)
            return made._getvalue()  # noqa: SLF001 - how Numba's extensions hand an array on

        return array(types.int64, types.int64), build

    return cast("Callable[[int, int], Any]", at)


floats_at = column_at(np.float64)
wholes_at = column_at(np.int64)
flags_at = column_at(np.bool_)
_bytes_at = column_at(np.uint8)


@rule
def resize(address: int, size: int) -> int:
    """Return the address of a block of ``size`` bytes that begins as the one at ``address`` (0: a new one) did."""
    found = _realloc(np.uintp(address), np.uintp(size))
    if found == 0:
        raise MemoryError
    return np.int64(found)  # type: ignore[return-value]  # a whole number in compiled code


@rule
def release(address: int) -> None:
    """Give a block back."""
    _free(np.uintp(address))


@rule
def block(address: int, size: int) -> Any:
    """Return the ``size`` bytes at an address as an array: a view, for as long as nobody resizes or releases them."""
    return _bytes_at(address, size)
