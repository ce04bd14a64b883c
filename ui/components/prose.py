"""Words from outside, shown as they are: a plan may be called ``*new*`` without turning italic."""

import re

from studies.language import Words

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~$:])")


def plain(text: str) -> str:
    """Return Markdown that shows ``text`` letter by letter."""
    return _MARKUP.sub(r"\\\1", text)


def fault(why: object, words: Words) -> str:
    """Return the sentence of an error, which is English, with a word before it in a view's other language."""
    return words("frame.fault", why=plain(str(why)))
