"""Drawn funnels: versions of a funnel that its history could have come from, out of a forecast's posterior.

A plan that pays in one version may not in another. Comparing plans on several tells what luck does, which shows in the
replications of one version, from what the history leaves open, which shows between versions.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import DataError, SpecError, require
from sim.spec import FunnelSpec
from studies.forecast import asked_in, read_and_count
from studies.funnel_folder import Funnel
from studies.posterior_file import POSTERIOR, load_posterior
from studies.store import MANIFEST, load_run


@dataclass(frozen=True, slots=True)
class DrawnFunnels:
    """Versions of a funnel.

    Attributes
    ----------
    specs
        One funnel a draw of the posterior.
    files
        What it was read from.
    posterior
        Hash of the data and models of the fit.
    """

    specs: tuple[FunnelSpec, ...]
    files: tuple[Path, ...]
    posterior: str


def drawn_of(place: Path | None, funnel: Funnel, *, draws: int, days: float, seed: int) -> DrawnFunnels | None:
    """Return what `read_drawn` does, or None where no posterior is named."""
    return None if place is None else read_drawn(place, funnel, draws=draws, days=days, seed=seed)


def read_drawn(place: Path, funnel: Funnel, *, draws: int, days: float, seed: int) -> DrawnFunnels:
    """Read a posterior, and move a calibrated funnel by its draws (`forecast.capacity.markets`).

    Parameters
    ----------
    place
        Run folder of a forecast, or the posterior in it. The export that was forecast from is read once more.
    funnel
        As calibrated at the same as-of date.
    draws
        How many versions.
    days, seed
        Days that will be simulated, and the dice of what comes in them.

    Raises
    ------
    SpecError, DataError
        If the posterior or its export can't be read, has changed, or is of another day than the funnel.
    """
    file = place / POSTERIOR if place.is_dir() else place
    require(file.is_file(), f"{file}: there is no such file; name the run folder of a forecast")
    posterior, run = load_posterior(file), load_run(file.parent)
    asked = asked_in(run)
    for export in asked.files:
        where = "run this where headrace forecast ran, or forecast anew"
        require(export.is_file(), f"{export}: the export behind {file} isn't there; {where}")
    _, grouped = read_and_count(asked)
    if grouped.fingerprint != run.manifest.fingerprint:
        raise DataError(f"{file}: its export has changed since ({', '.join(map(str, asked.files))}); forecast anew")
    if grouped.as_of != funnel.opening.as_of:
        ours, theirs = funnel.opening.as_of.isoformat(), grouped.as_of.isoformat()
        raise SpecError(f"{file}: is of {theirs}, the funnel of {ours}; calibrate and forecast as of the same day")
    from forecast.capacity import markets  # noqa: PLC0415 - a second to import, for runs without a posterior too

    moved = markets(posterior, grouped, funnel.spec, days=days, n=draws, seed=seed)
    specs = tuple(replace(funnel.spec, market=market) for market in moved)
    return DrawnFunnels(specs, (file, file.parent / MANIFEST, *asked.files), posterior.provenance["key"])
