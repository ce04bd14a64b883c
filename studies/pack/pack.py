"""A kept run in, the bytes of a file for the board out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from studies.language import Language
from studies.pack.document import Pack
from studies.pack.formats import Format
from studies.pack.page import write_page
from studies.pack.paper import write_paper
from studies.pack.slides import write_slides
from studies.pack.story import tell
from studies.pack.workbook import write_workbook
from studies.store import Run

_WRITERS: Mapping[Format, Callable[[Pack], bytes]] = MappingProxyType(
    {Format.HTML: write_page, Format.PPTX: write_slides, Format.XLSX: write_workbook, Format.PDF: write_paper}
)


def pack(run: Run, format_: Format, language: Language = Language.ENGLISH) -> bytes:
    """Return a run as a file for the board; the same run, format and language give the same bytes.

    Parameters
    ----------
    run
        A kept run of any kind (`studies.store.load_run`).
    format_
        What is written.
    language
        Of every text but the data's own names.

    Raises
    ------
    DataError
        If a table of the run can't be read, or the system has no font for a PDF's letters.
    """
    return _WRITERS[format_](tell(run, language))
