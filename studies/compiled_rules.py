"""Where compiled rules are kept between runs: one folder for each state of the simulator's sources.

Numba's own cache looks at the file of a function only. A rule that calls a changed rule of another file would stay as
it was, and an update of Headrace could go on with yesterday's arithmetic. A folder named by all sources can't.
"""

import os
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import sim

_VARIABLE = "NUMBA_CACHE_DIR"


def keep_compiled_rules() -> Path:
    """Point Numba to the folder for these sources, unless the user has named one.

    Call it before anything is simulated.
    """
    chosen = os.environ.setdefault(_VARIABLE, str(_base() / f"rules-{state_of_sources(sim)[:16]}"))
    return Path(chosen)


def _base() -> Path:
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
