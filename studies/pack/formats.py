"""The formats of a pack."""

from enum import StrEnum


class Format(StrEnum):
    """What a pack is written as; the value is the file's extension."""

    HTML = "html"
    PPTX = "pptx"
    XLSX = "xlsx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The name by which browsers and mail know the format."""
        office = "application/vnd.openxmlformats-officedocument."
        return {
            "html": "text/html",
            "pptx": f"{office}presentationml.presentation",
            "xlsx": f"{office}spreadsheetml.sheet",
            "pdf": "application/pdf",
        }[self.value]
