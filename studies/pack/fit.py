"""How much room a text takes: slides neither grow nor scroll, so what is put on them must be known to fit.

Letters are measured by class and not by font, which the reader's machine chooses: a Chinese character is as wide as it
is high, a Latin one half of that, a capital or a wide letter some more. The estimate is on the wide side.
"""

from math import ceil
from unicodedata import east_asian_width

_WIDE, _CAPITAL, _USUAL, _NARROW = 1.0, 0.7, 0.54, 0.3
"""Widths in em; sans-serif fonts of offices are at or below them."""
_THIN = frozenset("ijltfr.,:;'|!()[] ")
LEADING = 1.2
"""Distance between lines, in em."""


def width(text: str, size: float) -> float:
    """Return the width of a text on one line, in the unit of ``size``."""
    return size * sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if east_asian_width(letter) in {"W", "F"}:
        return _WIDE
    if letter in _THIN:
        return _NARROW
    return _CAPITAL if letter.isupper() or letter in "mw%" else _USUAL


def lines(text: str, size: float, room: float) -> int:
    """Return how many lines a text takes in a column so wide; words break where they must."""
    return sum(max(1, ceil(width(line, size) * _WRAP / room)) for line in text.split("\n"))


_WRAP = 1.08
"""Lines are seldom full, because words stay whole."""


def largest(text: str, sizes: tuple[float, ...], room: float, height: float) -> float:
    """Return the first of the sizes in which a text fits, or the last."""
    fits = (size for size in sizes if lines(text, size, room) * size * LEADING <= height)
    return next(fits, sizes[-1])
