"""A pack as a PDF: the layout is ``templates/pack.typ``, set by Typst with the system's fonts; charts are embedded.

A Chinese letter without a font would be an empty box on paper, so a pack that holds one needs a font that has it.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import typst

from sim.errors import DataError
from studies.language import Language, Words, words_of
from studies.pack.document import Pack, Page, Table
from studies.pack.fit import width
from studies.pack.palette import BAND, INK, LINE, QUIET, SERIES
from studies.pack.pictures import drawn
from studies.pack.speaking import say
from studies.report import to_svg

LATIN = ("Source Sans 3", "Noto Sans", "Liberation Sans", "Arial", "Helvetica Neue", "Segoe UI", "DejaVu Sans")
CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Heiti SC",
           "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "SimSun", "Noto Serif CJK SC")  # fmt: skip
"""Families that are looked for, the best first."""
_BUILT_IN = "Libertinus Serif"
"""Comes with Typst."""
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


def write_paper(pack: Pack) -> bytes:
    """Return the PDF.

    Raises
    ------
    DataError
        If the pack has Chinese letters and the system no font for them.
    """
    words = words_of("studies", pack.language)
    content = {
        "title": pack.title,
        "language": pack.language.value,
        "stamp": pack.stamp,
        "origin": [list(line) for line in pack.origin],
        "origin_title": words("pack.origin"),
        "colours": {"ink": INK, "quiet": QUIET, "line": LINE, "band": BAND, "accent": SERIES[0]},
        "pages": [_page(page, words) for page in pack.pages],
    }
    fonts = fonts_for(json.dumps(content, ensure_ascii=False), pack.language, families())
    return _set({**content, "fonts": fonts}, pack)


def _set(content: dict[str, object], pack: Pack) -> bytes:
    layout = (files("studies") / "templates" / "pack.typ").read_bytes()
    fonts = content["fonts"]
    text = json.dumps(content, ensure_ascii=False)
    if isinstance(fonts, list):  # the charts name the fonts of a browser; on paper there are only those of the system
        text = re.sub(r'font-family=\\"[^"]*\\"', f'font-family=\\\\"{", ".join(fonts)}\\\\"', text)
    compiled = typst.compile(layout, format="pdf", sys_inputs={"pack": text}, timestamp=pack.made)
    return bytes(compiled)


@cache
def families() -> frozenset[str]:
    """Return the names of all font families of the system."""
    return frozenset(typst.Fonts().families())


def fonts_for(text: str, language: Language, installed: frozenset[str]) -> list[str]:
    """Return the families to set a text in, the first choice first.

    Raises
    ------
    DataError
        If the text has Chinese letters and no family for them is installed.
    """
    latin = next((name for name in LATIN if name in installed), "")
    chinese = next((name for name in CHINESE if name in installed), "")
    if _IDEOGRAPH.search(text) and not chinese:
        raise DataError(
            "PDF with Chinese letters: no font for them is installed; install one, such as Debian's fonts-noto-cjk, "
            f"or choose --format html, pptx or xlsx (looked for {', '.join(CHINESE[:5])} and others)"
        )
    order = (chinese, latin) if language is Language.CHINESE or latin in {"", "DejaVu Sans"} else (latin, chinese)
    return [name for name in (*order, _BUILT_IN) if name]


def _page(page: Page, words: Words) -> dict[str, object]:
    chart = "" if page.chart is None else to_svg(drawn(page.chart), page.chart.title).replace("currentColor", INK)
    table = None if page.table is None else _table(page.table, words)
    title = "" if page.chart is None else page.chart.title
    return {"claim": page.claim, "meaning": page.meaning, "chart": chart, "chart_title": title, "table": table}


def _table(table: Table, words: Words) -> dict[str, object]:
    rows = [[say(words, cell) for cell in row] for row in table.rows]
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": rows,
        "texts": table.texts,
        "note": table.note,
        "widths": _widths([list(table.columns), *rows]),
    }


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the shares of the columns: each asks for its widest text, within limits."""
    return [min(13.0, max(4.0, *(width(text, 1.0) + 1.2 for text in column))) for column in zip(*rows, strict=True)]
