"""What the screen calls ways to hand out leads, those that ship and those put together from parts."""

from studies.composed import is_composed
from studies.language import Words, words_of
from studies.pack.plan_names import composed_of, part_of


def policy_name(name: str, words: Words) -> str:
    """Return what a policy is called; one put together is named by its parts."""
    return composed_of(_texts(words), name) if is_composed(name) else words(f"policy.{name}")


def part_name(part: str, words: Words) -> str:
    """Return what a part of a policy is called."""
    return part_of(_texts(words), part)


def _texts(words: Words) -> Words:
    return words_of("studies", words.language)
