"""Finding one team, stage or channel by its name and putting a changed one back in its place."""

from collections.abc import Callable
from typing import Protocol

from sim.errors import UnknownNameError


class Named(Protocol):
    """Anything in a funnel that has a name."""

    @property
    def name(self) -> str:
        """The name, unique among its kind."""


def find[T: Named](what: str, items: tuple[T, ...], name: str) -> T:
    """Return the item called ``name``.

    Raises
    ------
    UnknownNameError
        If there is none; the message lists those that there are.
    """
    for item in items:
        if item.name == name:
            return item
    raise UnknownNameError(what, name, [item.name for item in items])


def change[T: Named](what: str, items: tuple[T, ...], name: str | None, how: Callable[[T], T]) -> tuple[T, ...]:
    """Return the items with the one called ``name`` (all for None) put through ``how``.

    Raises
    ------
    UnknownNameError
        If there is no item of that name; the message lists those that there are.
    """
    if name is not None:
        find(what, items, name)
    return tuple(how(item) if name in (None, item.name) else item for item in items)
