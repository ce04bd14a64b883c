"""The words of a story: it is told by the names of sentences; whoever asks for it brings those of a language."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MOST = 6
"""Names that are told one by one; beyond them their number must do."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of a language.

    Attributes
    ----------
    say
        Sentence → it, with its places filled by keyword; numbers come written.
    name
        What a cause, filter or ranking is called; a name that somebody gave is returned as it is.
    """

    say: Callable[..., str]
    name: Callable[[str], str]

    def together(self, names: Iterable[str]) -> str:
        """Say a list of names."""
        names, comma = list(names), self.say("comma")
        if len(names) > _MOST:
            return self.say("and_more", names=comma.join(names[: _MOST - 1]), n=len(names) - _MOST + 1)
        return self.say("and").join(filter(None, (comma.join(names[:-1]), *names[-1:])))

    def first(self, names: list[str]) -> str:
        """Say the first of a list, and how many more there are."""
        shown = self.say("comma").join(names[:_MOST])
        return self.say("and_more", names=shown, n=len(names) - _MOST) if len(names) > _MOST else shown

    def length(self, days: float) -> str:
        """Say how long something took."""
        minutes = 24 * 60 * days
        if minutes < 120:
            return self.say("minutes", n=f"{minutes:.0f}")
        return self.say("hours", n=f"{24 * days:.1f}") if days < 2 else self.say("days", n=f"{days:.1f}")
