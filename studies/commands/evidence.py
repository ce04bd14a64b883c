"""``headrace evidence``: what is believed before any data, and why."""

EXAMPLES = """\b
Examples:
  headrace evidence
"""


def evidence() -> None:
    """Show the priors of the forecast: value, spread, source, grade and date of each.

    They are what is left where a history is silent; a history of some hundred deals outweighs nearly all of them.
    """
    from rich.console import Console

    from studies.evidence import evidence_text

    Console(highlight=False, soft_wrap=True).print(evidence_text(), markup=False)
