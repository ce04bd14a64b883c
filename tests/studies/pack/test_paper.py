"""PDFs: real text, pages that hold what they should, and a clear word where a font is missing."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import DataError
from studies.language import Language
from studies.pack.document import Pack
from studies.pack.paper import families, fonts_for, write_paper
from tests.studies.pack.kept_runs import EVERY

type Tell = Callable[[str, Language], Pack]

TO_TEXT, TO_PICTURES = (shutil.which(name) or "" for name in ("pdftotext", "pdftoppm"))
needs_poppler = pytest.mark.skipif(not (TO_TEXT and TO_PICTURES), reason="no pdftotext: install poppler-utils")


def chinese_installed() -> bool:
    try:
        return bool(fonts_for("未来", Language.CHINESE, families()))
    except DataError:
        return False


LANGUAGES = [
    Language.ENGLISH,
    pytest.param(
        Language.CHINESE,
        marks=pytest.mark.skipif(not chinese_installed(), reason="no Chinese font: install fonts-noto-cjk"),
    ),
]


@needs_poppler
@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_holds_its_text_as_text_and_no_empty_boxes(
    told: Tell, kind: str, language: Language, tmp_path: Path
) -> None:
    pack = told(kind, language)
    file = tmp_path / "pack.pdf"
    file.write_bytes(write_paper(pack))
    text = subprocess.run([TO_TEXT, str(file), "-"], capture_output=True, check=True, text=True).stdout
    letters = "".join(text.split())
    assert pack.pages[0].claim.replace(" ", "") in letters
    assert "".join(pack.stamp.split()) in letters
    assert "\ufffd" not in letters
    assert "\u25a1" not in letters


@needs_poppler
def test_every_page_of_a_pdf_can_be_drawn_and_is_not_blank(told: Tell, tmp_path: Path) -> None:
    file = tmp_path / "pack.pdf"
    file.write_bytes(write_paper(told("compare", Language.ENGLISH)))
    subprocess.run([TO_PICTURES, "-r", "20", "-gray", str(file), str(tmp_path / "page")], check=True)
    pictures = sorted(tmp_path.glob("page*.pgm"))
    assert pictures
    assert all(min(picture.read_bytes()[20:]) < 100 < max(picture.read_bytes()[20:]) for picture in pictures)


def test_a_missing_chinese_font_is_an_error_that_names_what_to_install() -> None:
    with pytest.raises(DataError, match="fonts-noto-cjk"):
        fonts_for("未来", Language.CHINESE, frozenset({"DejaVu Sans"}))
    assert fonts_for("future", Language.ENGLISH, frozenset({"Arial"})) == ["Arial", "Libertinus Serif"]


def test_the_language_s_own_font_comes_first() -> None:
    both = frozenset({"Arial", "Noto Sans CJK SC"})
    assert fonts_for("a", Language.ENGLISH, both)[0] == "Arial"
    assert fonts_for("a", Language.CHINESE, both)[0] == "Noto Sans CJK SC"
