"""The verb: any run, in any format and language, to the same bytes."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from studies.cli import MISTAKE, OK, run
from studies.language import Language
from studies.pack.formats import Format
from studies.pack.pack import pack
from studies.store import Run
from tests.studies.pack.kept_runs import EVERY

ROOT = Path(__file__).parents[3]
HEADS = {Format.HTML: b"<!doctype html>", Format.PPTX: b"PK", Format.XLSX: b"PK", Format.PDF: b"%PDF"}


@pytest.mark.parametrize("format_", Format)
def test_the_same_run_gives_the_same_bytes_at_any_time(
    runs: Mapping[str, Run], format_: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pack(runs["compare"], format_)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert pack(runs["compare"], format_) == first
    assert first.startswith(HEADS[format_])


@pytest.mark.slow
def test_another_process_at_another_time_gives_the_same_bytes(runs: Mapping[str, Run], tmp_path: Path) -> None:
    code = "import sys; from studies.cli import main; main()"
    for format_ in Format:
        file = tmp_path / f"pack.{format_.value}"
        asked = ["report", str(runs["forecast"].folder), "--format", format_.value, "--output", str(file)]
        subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, check=True, cwd=ROOT)
        assert file.read_bytes() == pack(runs["forecast"], format_)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("language", Language)
def test_a_page_in_either_language_says_the_finding(runs: Mapping[str, Run], kind: str, language: Language) -> None:
    page = pack(runs[kind], Format.HTML, language).decode()
    assert {"en": '<html lang="en">', "zh": '<html lang="zh-Hans">'}[language.value] in page
    assert "<script" not in page
    assert ("假设" in page) == (language is Language.CHINESE)


def test_the_command_writes_a_whole_file_and_never_over_another(
    runs: Mapping[str, Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "board.xlsx"
    asked = ["report", str(runs["hindcast"].folder), "--format", "xlsx", "--language", "zh", "--output", str(file)]
    assert run(asked) == OK
    before = file.read_bytes()
    assert run(asked) == MISTAKE
    assert "is there already" in capsys.readouterr().err
    assert run([*asked, "--replace"]) == OK
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["board.xlsx"]


def test_a_folder_that_is_no_run_and_a_place_that_cannot_be_written_are_mistakes(
    runs: Mapping[str, Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", str(tmp_path)]) == MISTAKE
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert run(["report", str(runs["other"].folder), "--output", str(blocked / "pack.html")]) == MISTAKE
    errors = capsys.readouterr().err
    assert "no manifest.json" in errors
    assert "can't be written" in errors


def test_a_run_that_was_changed_since_is_told_so(
    runs: Mapping[str, Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs["simulate"].folder
    table = folder / "teams.parquet"
    kept = table.read_bytes()
    table.unlink()
    assert run(["report", str(folder), "--output", str(tmp_path / "pack.html")]) == OK
    table.write_bytes(kept)
    assert "warning: gone or changed since the run ended: teams.parquet" in capsys.readouterr().err
