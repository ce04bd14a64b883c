"""What the screen calls ways to hand out leads, those that ship and those put together from parts."""

from studies.composed import is_composed, parts_of
from studies.language import Words


def policy_name(name: str, words: Words) -> str:
    """Return what a policy is called; one put together is named by its parts."""
    if not is_composed(name):
        return words(f"policy.{name}")
    filters, rankings = (part_names(parts, words) for parts in parts_of(name))
    ranked = words("policy_part.then").join(rankings)
    return words("policy_part.among", who=words("plan.and").join(filters), ranked=ranked) if filters else ranked


def part_names(parts: tuple[str, ...], words: Words) -> list[str]:
    """Return what the parts of a policy are called."""
    return [words(f"part_of_policy.{part}") for part in parts]
