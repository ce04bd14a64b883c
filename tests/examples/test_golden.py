"""Every example prints what the file beside it says."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_what_the_file_beside_it_says(example: Path) -> None:
    code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, example], capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert (done.stdout, done.stderr) == (example.with_suffix(".out").read_text("utf-8"), "")


def test_there_are_examples() -> None:
    assert EXAMPLES
