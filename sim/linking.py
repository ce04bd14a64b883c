"""Pieces of machine code that exist only inside the function that calls them.

Numba makes every function ready to run by itself: it optimises it together with everything that it calls, and emits
machine code. For an event loop of two hundred small functions, one calling the other ten deep, that does the same work
over and over. A `flow` function is therefore translated, and no more; the rule at the top, which Python calls,
optimises everything once. Compiling the engine takes a fraction of the time, and the machine code is the same.
"""

from collections.abc import Callable
from typing import Any, cast

from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _NoAddresses:
    """Stands in for the code generator where it would store an address in machine code: there is none."""

    def set_env(self, *_: object) -> None:
        """Leave it."""


class _LinkOnly(JITCodeLibrary):
    """The code of one function and of what it calls, neither optimised nor emitted."""

    @property
    def codegen(self) -> _NoAddresses:
        return _NoAddresses()

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)  # noqa: SLF001
        self._finalized = True

    def get_pointer_to_function(self, _: str) -> int:
        self._ensure_finalized()
        return 0


@register_pass(mutates_CFG=True, analysis_only=False)
class _Translate(NativeLowering):
    _name = "translate_only"

    def run_pass(self, state: Any) -> bool:  # noqa: ANN401 - Numba's own
        state.library = _LinkOnly(state.targetctx.codegen(), state.func_id.func_qualname)
        return bool(NativeLowering.run_pass(self, state))


class _TranslateOnly(CompilerBase):
    def define_pipelines(self) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [(_Translate if one is NativeLowering else one, why) for one, why in pipeline.passes]
        pipeline.finalize()
        return [pipeline]


def flow[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Translate a piece of the compiled engine, to be called from compiled code only."""
    options: dict[str, Any] = {
        "nogil": True,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "error_model": "numpy",  # a division by zero is infinite; Python's error would be checked for at each one
    }
    return cast("Callable[P, R]", njit(pipeline_class=_TranslateOnly, **options)(function))
