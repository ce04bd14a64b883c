"""Words from outside, shown as they are: a plan may be called ``*new*`` without turning italic."""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~$:])")


def plain(text: str) -> str:
    """Return Markdown that shows ``text`` letter by letter."""
    return _MARKUP.sub(r"\\\1", text)
