"""``headrace runs``: the library of what was asked so far."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from studies.commands.options import RUNS, Kpi, Runs

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Find runs again, remark on them, lock a plan, compare two, and make one again.",
)

Named = Annotated[str, typer.Argument(help="A run: its name, the start of it, or its folder.", show_default=False)]
Verb = Annotated[str, typer.Option("--verb", help="Only runs of that verb, such as compare.")]
Tag = Annotated[str, typer.Option("--tag", help="Only runs with that tag.")]
Text = Annotated[str, typer.Option("--find", help="Only runs with that text in name, answer or note.")]


@app.command("list")
def list_all(runs: Runs = RUNS, verb: Verb = "", tag: Tag = "", find: Text = "") -> None:
    """List the runs, newest first, with their answers, tags and locks."""
    from studies.commands.screen import show_grids
    from studies.library.catalogue import catalogue
    from studies.library.views import catalogue_grid

    show_grids([catalogue_grid(catalogue(runs, verb=verb, tag=tag, text=find))])


@app.command()
def figures(kpi: Kpi = "bookings", runs: Runs = RUNS, tag: Tag = "") -> None:
    """Put one figure of all runs side by side."""
    from studies.commands.screen import show_grids
    from studies.library.catalogue import catalogue, figures, find_run
    from studies.library.views import figures_grid

    chosen = [find_run(runs, name) for name in catalogue(runs, tag=tag)["run"]]
    show_grids([figures_grid(figures(chosen, kpi), kpi)])


@app.command()
def tag(
    run: Named,
    add: Annotated[list[str], typer.Option("--add", help="A tag; may be repeated.")] = [],  # noqa: B006 - typer's none
    remove: Annotated[list[str], typer.Option("--remove", help="A tag to take off.")] = [],  # noqa: B006
    runs: Runs = RUNS,
) -> None:
    """Put tags on a run, or take them off."""
    from studies.library.catalogue import find_run
    from studies.library.remarks import remark, remarks_on

    found = find_run(runs, run)
    remarks = remarks_on(found).tagged(add, remove)
    remark(found, remarks)
    typer.echo(f"{found.name}: {', '.join(remarks.tags) or 'no tags'}")


@app.command()
def note(
    run: Named, text: Annotated[str, typer.Argument(help="The note; an empty one removes it.")], runs: Runs = RUNS
) -> None:
    """Put a note on a run in place of an earlier one."""
    from dataclasses import replace

    from studies.library.catalogue import find_run
    from studies.library.remarks import remark, remarks_on

    found = find_run(runs, run)
    remark(found, replace(remarks_on(found), note=text))
    typer.echo(f"{found.name}: {text or 'no note'}")


@app.command()
def lock(
    run: Named,
    plan: Annotated[str, typer.Argument(help="Name of the plan's version, such as 'FY27 v2'.")],
    runs: Runs = RUNS,
) -> None:
    """Settle a run as a version of the plan: it can't be replaced any more, and any change to it is told."""
    from studies.library.catalogue import find_run
    from studies.library.remarks import lock as settle

    found = find_run(runs, run)
    settled = settle(found, plan)
    typer.echo(f"{found.name}: locked as {settled.plan!r}")


@app.command()
def compare(first: Named, second: Named, runs: Runs = RUNS) -> None:
    """Compare two runs: what was asked differently, and what came out differently."""
    from studies.commands.screen import show_grids
    from studies.library.catalogue import find_run
    from studies.library.difference import difference
    from studies.library.views import difference_grids

    show_grids(difference_grids(difference(find_run(runs, first), find_run(runs, second))))


@app.command()
def again(run: Named, runs: Runs = RUNS) -> None:
    """Make a run again from its manifest, and say whether every result is the same to the last byte."""
    from contextlib import redirect_stdout
    from io import StringIO

    from studies.cli import run as carry_out
    from studies.library.again import make_again
    from studies.library.catalogue import find_run

    def quietly(command: Sequence[str]) -> int:
        with redirect_stdout(StringIO()):  # its answer names a place that isn't the run's own
            return carry_out(command)

    made = make_again(find_run(runs, run), runs, quietly)
    typer.echo(f"{made.answer}\nRun: {made.folder}")
    if made.differing:
        raise typer.Exit(1)


@app.command()
def show(run: Named, runs: Runs = RUNS) -> None:
    """Show a run: its answer, its origin, what was remarked, and whether it is still what it was."""
    from studies.commands.screen import show_grids
    from studies.library.catalogue import find_run
    from studies.library.views import run_grid

    found = find_run(runs, run)
    show_grids([run_grid(found)])
    typer.echo(f"{found.manifest.answer}\nReport: {Path(found.folder) / 'report.html'}")
