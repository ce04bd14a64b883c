"""Write the example's CRM export into a folder: ``python -m studies.example FOLDER``."""

import sys
from pathlib import Path

from studies.compiled_rules import keep_compiled_rules


def main() -> None:
    """Write the export into the folder that the command line names."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m studies.example FOLDER (a folder that exists)")
    keep_compiled_rules()
    from studies.example.export import write_export  # noqa: PLC0415 - after choosing where compiled rules are kept

    write_export(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
