"""``headrace report``: a kept run as a pack for the board."""

from pathlib import Path
from typing import Annotated

import typer

from studies.language import Language
from studies.pack.formats import Format

Folder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a kept run.", show_default=False)]
Wanted = Annotated[Format, typer.Option("--format", "-f", help="What is written.")]
Tongue = Annotated[Language, typer.Option("--language", "-l", help="Of every text but the data's own names.")]
File = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else the run's name, here.")]
Again = Annotated[bool, typer.Option("--replace", help="Let the file take the place of one that is there.")]

EXAMPLES = """\b
Examples:
  headrace report runs/2026-01-15-forecast-1f3a9c20 --format pptx --output board.pptx
  headrace report runs/2026-01-15-compare-8c0d11e4 --format pdf --language zh
"""


def report(
    folder: Folder,
    format_: Wanted = Format.HTML,
    language: Tongue = Language.ENGLISH,
    output: File = None,
    replace: Again = False,
) -> None:
    """Write a kept run as a pack for the board: web page, presentation, workbook or PDF, in English or Chinese.

    Every page says one thing, with its chart, its table and where it comes from; the last one lists the assumptions.
    Charts and tables of presentations and workbooks can be edited. The same run gives the same bytes.
    """
    from studies.pack.pack import pack
    from studies.store import load_run
    from studies.whole_file import refuse_taken_file, write_whole

    run = load_run(folder)
    place = output or Path(f"{run.folder.resolve().name}-{language.value}.{format_.value}")
    refuse_taken_file(place, replace=replace)
    if changed := run.changed():
        typer.echo(f"warning: gone or changed since the run ended: {', '.join(changed)}; run it again", err=True)
    write_whole(place, pack(run, format_, language))
    typer.echo(str(place))
