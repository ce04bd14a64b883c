"""What a verb shows on the terminal: tables, how long it still takes, and where the answer is kept."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from studies.grid import Grid


class Stoppable(Protocol):
    """What a study that can be stopped has found so far."""

    @property
    def answer(self) -> str:
        """The answer in a sentence."""

    @property
    def grids(self) -> "Sequence[Grid]":
        """Its tables for people."""

    @property
    def folder(self) -> str:
        """Where the run stands."""

    @property
    def stopped(self) -> str:
        """Why it was stopped and how to go on; empty if it wasn't."""


_WIDE = 140
"""Columns of a file or a pipe, which has no width of its own."""


def show(answer: str, grids: "Sequence[Grid]", folder: str) -> None:
    """Print the tables, the answer, and the place of the report, if there is one."""
    from rich.text import Text

    console = show_grids(grids)
    console.print(Text(answer), style="bold")
    if folder:
        console.print(Text(f"Report: {folder}/report.html"), soft_wrap=True)


def show_whole(found: "Stoppable") -> None:
    """Print what a study found, and leave with the word on what was not done if it was stopped before its end.

    Raises
    ------
    Stopped
        If it was.
    """
    from studies.stopped import Stopped

    show(found.answer, found.grids, found.folder)
    if found.stopped:
        raise Stopped(found.stopped)


def show_grids(grids: "Sequence[Grid]") -> "Console":
    """Print tables; return the console that they were printed on."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)
    for grid in grids:
        console.print(_listed(grid) if grid.texts == len(grid.columns) else _tabled(grid))
        if grid.note:
            console.print(Text(grid.note), style="dim")
        console.print()
    return console


def _tabled(grid: "Grid") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=grid.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, column in enumerate(grid.columns):
        table.add_column(column, justify="left" if place < grid.texts else "right", overflow="fold")
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _listed(grid: "Grid") -> "Text":
    """Write rows of sentences as a list: side by side they would be squeezed into narrow columns."""
    from rich.text import Text

    lines = [(f"{grid.title}\n", "bold")]
    for first, *rest in grid.rows:
        lines += [(f"{first}: ", "bold"), (f"{' '.join(rest[:2]).strip()}\n", "")]
        if more := "; ".join(filter(None, rest[2:])):
            lines.append((f"    {more}\n", "dim"))
    return Text.assemble(*lines, "" if grid.rows else "none\n", end="")


@contextmanager
def progress_bar(what: str) -> "Iterator[Callable[[int, int], None]]":
    """Show how far the work is and how long it still takes; nothing where the error output is no terminal."""
    _compile_once()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _compile_once() -> None:
    from studies.compiled_rules import are_compiled, compile_simulator

    if not are_compiled():
        print("Compiling the simulator for this machine, once: about a minute.", file=sys.stderr, flush=True)  # noqa: T201
        compile_simulator()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is going on which can't tell how long it takes."""
    from rich.console import Console

    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield
