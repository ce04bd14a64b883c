"""The table of the README, measured anew: ``python -m bench.table``, from the project's folder."""

from studies.compiled_rules import keep_compiled_rules


def main() -> None:
    """Measure both models and print the machine and the tables."""
    keep_compiled_rules()
    # imported after that, because the engines' rules are compiled when they are first imported
    from bench.contest import entrants, play, table  # noqa: PLC0415
    from bench.machine import machine  # noqa: PLC0415
    from bench.peers.models import Queue, Tandem  # noqa: PLC0415

    print(f"{machine()}.")
    for kind in (Queue, Tandem):
        print(f"\n### {kind.__name__}\n\n{table(play(entrants(kind)))}")


if __name__ == "__main__":
    main()
