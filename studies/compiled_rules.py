"""Where compiled rules are kept between runs: one folder for each state of the sources that hold them.

Numba's own cache looks at the file of a function only. A rule that calls a changed rule of another file would stay as
it was, and an update of Headrace could go on with yesterday's arithmetic. A folder named by all sources can't.
"""

import os
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import forecast
import sim

_VARIABLE = "NUMBA_CACHE_DIR"
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""The fits solve thousands of small systems: threads that share one would wait for each other."""


def keep_compiled_rules() -> Path:
    """Point Numba to the folder for these sources, unless the user has named one.

    Call it before anything is simulated.
    """
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    chosen = os.environ.setdefault(_VARIABLE, str(cache_folder() / f"rules-{state_of_sources(sim, forecast)[:16]}"))
    return Path(chosen)


def are_compiled() -> bool:
    """Tell whether `compile_simulator` has been through on this machine, for these sources."""
    return _mark().exists()


def compile_simulator() -> None:
    """Compile all that an experiment calls, once for a machine and a state of the sources: about a minute's work."""
    # imported only here: they take longer than the command line's help
    from scenarios.tables import TABLES, Measure  # noqa: PLC0415
    from sim.opening import Opening  # noqa: PLC0415
    from sim.simulate import simulator  # noqa: PLC0415
    from studies.example.company import AS_OF, truth  # noqa: PLC0415

    spec, days = truth(), 1.0
    ready = simulator(spec, Opening(AS_OF), days=days)
    measure = Measure(spec, AS_OF, (0.0, days), TABLES)
    measure.columns(ready.feed(0, 0, measure.follow))
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()


def _mark() -> Path:
    return keep_compiled_rules() / f"simulator-{state_of_sources(sim, forecast)[:16]}-compiled"


def cache_folder() -> Path:
    """Return the folder for what can be made again."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "headrace"


def state_of_sources(*packages: ModuleType) -> str:
    """Return a SHA-256 over the names and texts of all modules of some packages."""
    digest = sha256()
    for folder in (Path(next(iter(package.__path__))) for package in packages):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
