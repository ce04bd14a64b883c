"""Rules are plain functions of scalars and arrays, compiled once and called by every engine.

A rule says what the trade would say (when does this work finish, how likely is a win); the engines say when it is
asked. Because both engines call the same compiled function, they can't disagree about a number.
"""

from collections.abc import Callable
from typing import cast

from numba import njit


def rule[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` (scalars and NumPy arrays in, a scalar or arrays out) to machine code, cached between runs.

    ``NUMBA_DISABLE_JIT=1`` runs rules as the Python they are written in, for a debugger.
    """
    return cast("Callable[P, R]", njit(cache=True, nogil=True)(function))
