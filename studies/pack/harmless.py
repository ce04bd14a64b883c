"""Text that stays text in a spreadsheet: no name in the data may become a formula when a board opens the file.

Spreadsheets take a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return for a formula or a
command. Such text gets an apostrophe before it, as OWASP advises ("CSV Injection"). Numbers are written as numbers and
never come here, so a negative one stays what it is.
"""

import re

_LEADERS = ("=", "+", "-", "@", "\t", "\r")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that XML, and so no office file, can hold."""


def harmless(text: str) -> str:
    """Return the text as a spreadsheet may hold it."""
    clean = _CONTROLS.sub("", text)
    return f"'{clean}" if clean.startswith(_LEADERS) else clean
