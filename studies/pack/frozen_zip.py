"""Office files whose bytes depend on what they say alone: the times that libraries put into them are replaced."""

import io
import re
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_CORE = "docProps/core.xml"
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_EARLIEST = 1980
"""A ZIP archive knows no earlier year."""


def frozen(data: bytes, made: datetime) -> bytes:
    """Return an office file, and any workbook embedded in it, dated ``made`` throughout."""
    target = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as source, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            entry = ZipInfo(
                name, (max(made.year, _EARLIEST), made.month, made.day, made.hour, made.minute, made.second)
            )
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0  # Windows writes 0 and everything else 3, unless told
            archive.writestr(entry, _content(name, source.read(name), made))
    return target.getvalue()


def _content(name: str, content: bytes, made: datetime) -> bytes:
    if name.endswith(".xlsx"):
        return frozen(content, made)
    if name == _CORE:
        return _TIMES.sub(rb"\g<1>" + f"{made:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>", content)
    return content
