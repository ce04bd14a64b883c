"""Routing policies put together by hand, as short names that fit into a link: ``by-region+at-work:least-open``.

Before the colon stand the filters that a rep must pass, given up from the last on while nobody passes; behind it the
rankings that choose among those who are left, a later one deciding what the earlier ones leave open.
"""

from collections.abc import Sequence

from sim.errors import SpecError, UnknownNameError
from sim.routing.policy import Filter, Ranking, Routing
from sim.routing.registry import POLICIES
from studies.config.choices import CHOICES, NAMES

FILTERS = ("by-region", "by-product", "by-tier", "at-work")
RANKINGS = (
    "random", "round-robin", "weighted-round-robin", "least-open", "most-capacity", "value-balanced", "by-speed",
    "account-owner",
)  # fmt: skip
"""What may be put together; a function of one's own is for the command line, where whoever runs it wrote it."""

_PARTS, _RANKED, _THEN = "+", ":", ">"


def compose(filters: Sequence[str], rankings: Sequence[str]) -> str:
    """Return the name of the policy with these filters and rankings, the plain one where such a policy ships."""
    name = f"{_PARTS.join(filters)}{_RANKED}{_THEN.join(rankings)}"
    routing = routing_of(name)
    return next((shipped for shipped, its in POLICIES.items() if its == routing), name)


def parts_of(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the filters and the rankings of a policy that was put together."""
    filters, _, rankings = name.partition(_RANKED)
    return tuple(filter(None, filters.split(_PARTS))), tuple(filter(None, rankings.split(_THEN)))


def is_composed(name: str) -> bool:
    """Whether a name is that of a policy put together by hand."""
    return _RANKED in name


def routing_of(name: str) -> str | Routing:
    """Return a policy as the lever takes it: a name that ships as it is, and one put together as its parts.

    Raises
    ------
    SpecError, UnknownNameError
        If there is no such policy or part, a part stands twice, or nothing ranks.
    """
    if not is_composed(name):
        if name not in POLICIES:
            raise UnknownNameError("routing policy", name, POLICIES, "Headrace")
        return name
    filters, rankings = parts_of(name)
    for kind, given, known in (("filter", filters, FILTERS), ("ranking", rankings, RANKINGS)):
        for part in given:
            if part not in known:
                raise UnknownNameError(kind, part, known, "a policy put together here")
        if len(set(given)) < len(given):
            raise SpecError(f"policy {name!r}: a {kind} stands twice; leave one out")
    if not rankings:
        raise SpecError(f"policy {name!r}: nothing ranks; put one of {', '.join(RANKINGS)} behind the colon")
    return Routing(
        rank=tuple(CHOICES[Ranking][part]() for part in rankings),
        eligible=tuple(CHOICES[Filter][part]() for part in filters),
        relax=bool(filters),
    )


def name_of(routing: str | Routing) -> str | None:
    """Return the name of a policy that ships or can be put together here, None for any other."""
    if isinstance(routing, str):
        return routing
    names = ([NAMES.get(type(part), "") for part in parts] for parts in (routing.eligible, routing.rank))
    name = f"{_PARTS.join(next(names))}{_RANKED}{_THEN.join(next(names))}"
    try:
        return name if routing_of(name) == routing else None
    except (SpecError, UnknownNameError):
        return None
