"""Colours and fonts of slides and their charts.

Every run of text names a Latin and a Chinese font, so that any machine shows both alphabets.
"""

from typing import Any

from pptx.dml.color import RGBColor
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn

from studies.language import Language
from studies.pack.palette import CHINESE, LATIN

_TAGS = {Language.ENGLISH: "en-GB", Language.CHINESE: "zh-CN"}


def paint(colour: str) -> RGBColor:
    """Return a colour of the palette as PowerPoint has it."""
    painted: RGBColor = RGBColor.from_string(colour.removeprefix("#"))
    return painted


def name_fonts(element: Any, language: Language) -> None:  # noqa: ANN401 - an lxml element
    """Name fonts and language in every run below an element of a slide or a chart."""
    for run in element.iter(qn("a:r")):
        run.get_or_add_rPr().set("lang", _TAGS[language])
    for properties in (*element.iter(qn("a:rPr")), *element.iter(qn("a:defRPr"))):
        for old in (*properties.findall(qn("a:latin")), *properties.findall(qn("a:ea"))):
            properties.remove(old)
        for name, face in (("latin", LATIN), ("ea", CHINESE)):
            properties.append(parse_xml(f'<a:{name} {nsdecls("a")} typeface="{face}"/>'))
