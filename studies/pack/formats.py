"""The formats of a pack."""

from enum import StrEnum


class Format(StrEnum):
    """What a pack is written as; the value is the file's extension."""

    HTML = "html"
    PPTX = "pptx"
    XLSX = "xlsx"
    PDF = "pdf"
