"""``headrace ledger``: what was decided, what it was predicted to bring, and what came."""

from typing import Annotated

import typer

from studies.commands.options import RUNS, Files, Mapping, Runs

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Take decisions down with their predictions, and see later how they came out.",
)


@app.command()
def decide(
    run: Annotated[str, typer.Argument(help="The run that the decision rests on.", show_default=False)],
    scenario: Annotated[str, typer.Argument(help="The plan in it that was decided for.", show_default=False)],
    why: Annotated[str, typer.Option("--why", help="The reason, in a sentence.")] = "",
    who: Annotated[str, typer.Option("--who", help="Who decided.")] = "",
    runs: Runs = RUNS,
) -> None:
    """Take down a decision for a plan, with what the run predicts it will bring."""
    from studies.library.catalogue import find_run
    from studies.library.ledger import decide as take_down

    made = take_down(find_run(runs, run), scenario, root=runs, why=why, who=who)
    typer.echo(
        f"{made.name}: decided for {made.scenario!r}; look again after {made.end:%Y-%m-%d} (headrace ledger review)"
    )


@app.command("list")
def list_all(runs: Runs = RUNS) -> None:
    """List the decisions with their predictions and, where it is known, what happened."""
    from studies.commands.screen import show_grids
    from studies.library.ledger import decisions
    from studies.library.views import ledger_grids

    show_grids(ledger_grids(decisions(runs)))


@app.command()
def review(files: Files, mapping: Mapping, runs: Runs = RUNS) -> None:
    """Read the CRM export again, and put what happened beside every decision whose period is over."""
    from studies.commands.screen import show_grids, waiting
    from studies.library.ledger import decisions
    from studies.library.ledger import review as put_beside
    from studies.library.views import ledger_grids
    from studies.quality import read_history

    with waiting("reading"):
        reviewed = put_beside(read_history(files, mapping).log, runs)
    typer.echo(f"{len(reviewed)} of {len(decisions(runs))} decisions are over and were reviewed.")
    show_grids(ledger_grids(decisions(runs)))
