"""The catalogue: every run with what was asked, answered and remarked, and their figures side by side.

DuckDB reads the run folders as they are. There is no database file, so nobody locks anybody out: the command line, the
app and a notebook may look at the same time, while a study is being written.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from sim.errors import DataError, UnknownNameError
from sim.kpis import HEADLINES
from studies.library.remarks import lock_of, remarks_on
from studies.look import SCATTERED
from studies.store import Run, list_runs, load_run

_COLUMNS = ("run", "verb", "answer", "created", "seed", "fingerprint", "as_of", "days", "tags", "note", "plan")


def find_run(root: Path, name: str) -> Run:
    """Open a run by its name in the folder of all runs, by the start of it if only one begins so, or by its path.

    Raises
    ------
    UnknownNameError
        If no run, or more than one, is meant.
    DataError
        If it is none.
    """
    if (root / name).is_dir() and name:
        return load_run(root / name)
    if Path(name).is_dir() and name:
        return load_run(Path(name))
    known = [run.name for run in list_runs(root)]
    meant = [each for each in known if name and each.startswith(name)]
    if len(meant) != 1:
        raise UnknownNameError("run", name, meant or known, str(root))
    return load_run(root / meant[0])


def catalogue(root: Path, *, verb: str = "", tag: str = "", text: str = "") -> pd.DataFrame:
    """List the runs, newest first.

    Parameters
    ----------
    root
        Folder of all runs.
    verb, tag, text
        Only runs of that verb, with that tag, with that text in name, answer or note; empty is any.

    Returns
    -------
    pandas.DataFrame
        One row a run: ``run``, ``verb``, ``answer``, ``created``, ``seed``, ``fingerprint``, ``as_of``, ``days``,
        ``tags`` (parted by commas), ``note``, ``plan`` (empty unless locked).
    """
    runs = pd.DataFrame([_row(run) for run in list_runs(root)], columns=_COLUMNS)
    query = """
        select * from runs
        where ($verb = '' or verb = $verb)
          and ($tag = '' or list_contains(string_split(tags, ', '), $tag))
          and contains(lower(run || ' ' || answer || ' ' || note), lower($text))
        order by created desc, run desc
    """
    return _ask(query, {"verb": verb, "tag": tag, "text": text}, runs=runs)


def figures(runs: Sequence[Run], kpi: str) -> pd.DataFrame:
    """Put one headline figure of many runs side by side, straight from their files.

    Returns
    -------
    pandas.DataFrame
        One row a run and scenario: ``run``, ``scenario``, ``replications``, ``mean``, ``p10``, ``p50``, ``p90``. Runs
        that hold no such figure are left out.

    Raises
    ------
    UnknownNameError
        If there is no such figure.
    """
    if kpi not in HEADLINES:
        raise UnknownNameError("figure", kpi, HEADLINES, "a run")
    files = [str(run.folder / f"{SCATTERED}.parquet") for run in runs if SCATTERED in run.tables]
    query = f"""
        select parse_path(filename)[-2] as run, scenario, count(*) as replications, avg({kpi}) as mean,
               quantile_cont({kpi}, 0.1) as p10, quantile_cont({kpi}, 0.5) as p50, quantile_cont({kpi}, 0.9) as p90
        from read_parquet($files, union_by_name = true, filename = true, file_row_number = true)
        where {kpi} is not null and not isnan({kpi}::double)
        group by run, scenario order by min(filename), min(file_row_number)
    """  # noqa: S608 - the figure's name is one of ours
    return _ask(query, {"files": files}) if files else pd.DataFrame()


def _row(run: Run) -> tuple[object, ...]:
    said, remarks, settled = run.manifest, remarks_on(run), lock_of(run)
    asked = (said.settings.get("as_of", ""), said.settings.get("days"))
    about = (", ".join(remarks.tags), remarks.note, settled.plan if settled else "")
    return (run.name, said.verb, said.answer, said.created, said.seed, said.fingerprint, *asked, *about)


def _ask(query: str, values: dict[str, object], **tables: pd.DataFrame) -> pd.DataFrame:
    """Ask a database that lives as long as the question."""
    with duckdb.connect(":memory:") as database:
        for name, table in tables.items():
            database.register(name, table)
        try:
            return database.execute(query, values).df()
        except duckdb.Error as error:
            what = str(error).split("\n", maxsplit=1)[0]
            raise DataError(
                f"the runs can't be read ({what}); a folder may have been removed meanwhile, ask again"
            ) from None
