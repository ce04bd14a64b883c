"""Posteriors as NetCDF files: whole or not there at all, and kept between runs by the hash of data and models."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import xarray as xr

from forecast.fit import fit, fit_key
from forecast.grouped import Grouped
from forecast.posterior import Posterior
from forecast.priors import evidence
from sim.errors import DataError
from studies.compiled_rules import cache_folder

POSTERIOR = "posterior.nc"
_ENGINE: Literal["scipy"] = "scipy"
"""NetCDF 3 needs nothing but SciPy, and every tool reads it."""
_KEPT = 40
"""Posteriors that are kept; older ones go."""


def save_posterior(posterior: Posterior, path: Path) -> None:
    """Write a posterior with its coordinates and provenance; under its name it is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        posterior.data.to_netcdf(draft, engine=_ENGINE)
        draft.replace(path)
    except OSError as error:
        raise DataError(f"{path}: can't be written ({(error.strerror or str(error)).lower()})") from None
    finally:
        draft.unlink(missing_ok=True)


def load_posterior(path: Path) -> Posterior:
    """Read a posterior, or raise `DataError` saying why it can't be read."""
    try:
        with xr.open_dataset(path, engine=_ENGINE) as data:
            return Posterior(data.load())
    except (OSError, ValueError, TypeError, LookupError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise DataError(f"{path}: not a readable posterior ({reason}); fit again") from None


def kept_fit(
    grouped: Grouped,
    *,
    method: str,
    draws: int,
    seed: int,
    folder: Path | None = None,
    fitter: Callable[..., Posterior] = fit,
) -> tuple[Posterior, bool]:
    """Return the posterior of some data, and whether an earlier fit of the same data and models gave it.

    Parameters
    ----------
    grouped, method, draws, seed
        As for `forecast.fit.fit`.
    folder
        Where posteriors are kept; None is the user's cache.
    fitter
        What fits where nothing is kept.
    """
    place = (folder or cache_folder() / "fits") / f"{fit_key(grouped, evidence(), method, draws, seed)}.nc"
    if place.is_file():
        try:
            return load_posterior(place), True
        except DataError:
            place.unlink(missing_ok=True)  # of an older version, or damaged: as good as none
    posterior = fitter(grouped, method=method, draws=draws, seed=seed)
    save_posterior(posterior, place)
    _tidy(place.parent)
    return posterior, False


def _tidy(folder: Path) -> None:
    files = sorted(folder.glob("*.nc"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_KEPT:]:
        path.unlink(missing_ok=True)
