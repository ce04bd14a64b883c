"""``headrace scenario``: plans as files, what can stand in them, and what differs between two."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(help="A scenario file.", show_default=False)]
Version = Annotated[str, typer.Argument(help="A scenario file, or FILE:PLAN.", show_default=False)]
Funnel = Annotated[
    Path | None, typer.Option("--funnel", help="The funnel, if the file doesn't name its own with base:.")
]

CHECK_EXAMPLES = """\b
Examples:
  headrace scenario check plans.yaml --funnel our-funnel
"""
DIFF_EXAMPLES = """\b
Examples:
  headrace scenario diff plans.yaml plans-of-april.yaml --funnel our-funnel
  headrace scenario diff 'plans.yaml:as is' 'plans.yaml:two closers' --funnel our-funnel
"""
LIST_EXAMPLES = """\b
Examples:
  headrace scenario list-levers
"""


@app.callback()
def scenario() -> None:
    """Check plans that are written in a file, and compare versions of them.

    headrace compare FUNNEL --scenarios FILE runs them.
    """


@app.command(epilog=CHECK_EXAMPLES)
def check(file: File, funnel: Funnel = None) -> None:
    """Check a scenario file as a whole and say what its plans do; everything that is wrong is told at once."""
    from studies.scenarios import checked_text

    typer.echo(checked_text(file, funnel))


@app.command(epilog=DIFF_EXAMPLES)
def diff(one: Version, other: Version, funnel: Funnel = None) -> None:
    """Say which levers differ, and what that changes in the funnel field by field."""
    from studies.scenarios import difference_text

    typer.echo(difference_text(one, other, funnel))


@app.command(epilog=LIST_EXAMPLES)
def list_levers() -> None:
    """Show every lever: what it does, what it takes, and an example to copy."""
    from studies.lever_catalogue import catalogue_text

    typer.echo(catalogue_text())
