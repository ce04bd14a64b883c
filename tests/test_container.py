"""The container file against what it has to agree with: the packages, the lock, the Makefile and the app's settings."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()


def told(instruction: str) -> list[str]:
    return [line.removeprefix(instruction).strip() for line in LINES if line.startswith(f"{instruction} ")]


def environment() -> dict[str, str]:
    return dict(part.split("=", 1) for line in told("ENV") for part in line.split())


def test_everything_that_is_copied_is_there_and_everything_that_is_shipped_is_copied() -> None:
    copied = {source for line in told("COPY") for source in line.split()[:-1]}
    assert [source for source in copied if not (ROOT / source).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shipped = set(project["tool"]["hatch"]["build"]["only-include"])
    needed = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "requirements.lock"}
    assert shipped | needed | {".streamlit"} == copied


def test_what_is_installed_is_locked_and_so_is_what_builds_it() -> None:
    first, second = told("RUN")
    assert "--require-hashes --requirement requirements.lock" in first
    assert "--no-deps --no-build-isolation" in second
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    for name in ("streamlit", "hatchling", "authlib", "distributed"):
        assert re.search(rf"^{name}==", lock, re.MULTILINE), f"the container installs {name} from the lock"


def test_python_is_one_that_the_project_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert told("FROM") == [f"docker.io/library/python:{project['requires-python'].removeprefix('>=')}-slim"]


def test_the_environment_is_that_of_the_makefile_and_of_the_settings() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    said = re.search(r"^\t(.*)\$\(BIN\)/streamlit run app\.py", makefile, re.MULTILINE)
    assert said is not None
    asked = dict(part.split("=") for part in said[1].split())
    assert asked.items() <= environment().items()
    assert environment()["HEADRACE_RUNS"].startswith("/data/")
    assert "HEADRACE_RUNS" in (ROOT / "studies" / "app_settings.py").read_text("utf-8")


def test_whoever_runs_it_has_no_rights_and_owns_what_it_keeps() -> None:
    (user,) = told("USER")
    assert f"useradd --create-home {user}" in told("RUN")[1]
    assert f"chown {user} /data" in told("RUN")[1]
    assert told("VOLUME") == ["/data"]
    assert "--server.address=0.0.0.0" in told("CMD")[0]
