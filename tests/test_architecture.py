"""The house rules that a linter doesn't know, each shown to catch a planted breach."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
PACKAGES = ("sim", "forecast", "scenarios", "studies", "ui")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_APP = 25
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

# What each package, or a part of it, may use besides the standard library and the packages below it.
LIBRARIES = {
    "sim": {"numpy", "scipy", "simpy", "numba", "llvmlite", "pandas", "holidays"},
    "scenarios": {"numpy", "scipy", "pandas", "optuna"},
    "forecast": {
        "numpy",
        "scipy",
        "pandas",
        "pymc",
        "pytensor",
        "nutpie",
        "arviz",
        "xarray",
        "statsmodels",
    },
    "forecast/crm": {"numpy", "scipy", "pandas", "pyarrow", "pydantic", "pydantic_core", "yaml"},
    "studies": {
        "babel",
        "defusedxml",
        "openpyxl",
        "numpy",
        "pandas",
        "pyarrow",
        "pydantic",
        "pydantic_core",
        "yaml",
        "typer",
        "rich",
        "altair",
        "duckdb",
        "pptx",
        "typst",
        "vl_convert",
        "jinja2",
        "holidays",
        "distributed",
        "xarray",
    },
    "ui": {"streamlit", "starlette", "altair", "pandas"},
    "app": {"streamlit"},
}
BELOW = {
    "sim": {"sim"},
    "scenarios": {"scenarios", "sim"},
    "forecast": {"forecast", "sim"},
    "studies": {"studies", "forecast", "scenarios", "sim"},
    "ui": {"ui", "studies", "sim"},
    "app": {"ui"},
}
# What "pure" rules out beyond imports: console, files and clock; in the simulator also every die but sim.streams.
OUTSIDE = {"open", "print", "input", "exec", "eval"}
FILE_METHODS = {"to_csv", "to_parquet", "read_csv", "read_parquet", "tofile", "savez", "loadtxt"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "pd.Timestamp.now"}
DICE = {"np.random", "numpy.random"}

SLOW_TO_IMPORT = {
    "numba",
    "numpy",
    "pandas",
    "scipy",
    "altair",
    "simpy",
    "pyarrow",
    "streamlit",
    "jinja2",
    "distributed",
    "optuna",
}

type Check = Callable[[Path, str], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    return [ROOT / "app.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def public_definitions(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for child in node.body:
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public_definitions(child)


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def long_module(_: Path, text: str) -> Iterator[str]:
    if (lines := text.count("\n")) > LONGEST_MODULE:
        yield f"{lines} lines; split it by idea, at most {LONGEST_MODULE}"


def long_function(_: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function) and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION:
            yield f"{node.name}: {lines} lines; at most {LONGEST_FUNCTION}"


def empty_name(path: Path, _: str) -> Iterator[str]:
    if path.stem in NAMES_THAT_SAY_NOTHING or path.parent.name in NAMES_THAT_SAY_NOTHING:
        yield "the name says nothing; call the module by its idea"


def undocumented(_: Path, text: str) -> Iterator[str]:
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield "the module has no docstring"
    yield from (f"{node.name} has no docstring" for node in public_definitions(tree) if not ast.get_docstring(node))


def foreign_import(path: Path, text: str) -> Iterator[str]:
    package = package_of(path)
    part = "/".join(path.relative_to(ROOT).parts[:2])
    allowed = LIBRARIES.get(part, LIBRARIES[package]) | BELOW[package] | sys.stdlib_module_names
    yield from (f"{package} may not import {name}" for name in sorted(imported(ast.parse(text)) - allowed))


def impure(path: Path, text: str) -> Iterator[str]:
    package = package_of(path)
    if package not in {"sim", "scenarios"}:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTSIDE:
            yield f"line {node.lineno}: calls {node.func.id}"
        if isinstance(node, ast.Attribute) and (
            node.attr in FILE_METHODS or ast.unparse(node) in CLOCKS or (package == "sim" and ast.unparse(node) in DICE)
        ):
            yield f"line {node.lineno}: uses {ast.unparse(node)}"


CHECKS: tuple[Check, ...] = (long_module, long_function, empty_name, undocumented, foreign_import, impure)
PLANTED: list[tuple[Check, str, str]] = [
    (long_module, "sim/deal.py", "\n" * (LONGEST_MODULE + 1)),
    (long_function, "sim/deal.py", "def f():\n" + "    pass\n" * LONGEST_FUNCTION),
    (empty_name, "sim/utils.py", ""),
    (empty_name, "studies/helpers/rows.py", ""),
    (undocumented, "sim/deal.py", ""),
    (undocumented, "sim/deal.py", '"""Deals."""\n\n\ndef close():\n    pass\n'),
    (
        undocumented,
        "sim/deal.py",
        '"""Deals."""\n\n\nclass Deal:\n    """A."""\n\n    def close(self):\n        pass\n',
    ),
    (foreign_import, "sim/deal.py", "from streamlit import button"),
    (foreign_import, "scenarios/compare.py", "def f():\n    import forecast.fit"),
    (foreign_import, "forecast/fit.py", "import pyarrow"),
    (foreign_import, "app.py", "import studies.store"),
    (impure, "sim/deal.py", "from datetime import datetime\nstart = datetime.now()"),
    (impure, "sim/deal.py", "import numpy as np\nluck = np.random.default_rng(1)"),
    (impure, "scenarios/compare.py", "open('plan.csv')"),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_source_breaks_a_house_rule(check: Check) -> None:
    breaches = {
        str(path.relative_to(ROOT)): found
        for path in sources()
        if (found := list(check(path, path.read_text("utf-8"))))
    }
    assert breaches == {}


@pytest.mark.parametrize(("check", "path", "text"), PLANTED, ids=lambda value: getattr(value, "__name__", None))
def test_each_check_catches_a_planted_breach(check: Check, path: str, text: str) -> None:
    assert list(check(ROOT / path, text))


def test_the_import_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_no_import_contract_has_an_exception() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_app_is_served_and_listed_in_few_lines() -> None:
    for script in ("app.py", "ui/served/visit.py"):
        assert (ROOT / script).read_text("utf-8").count("\n") < LONGEST_APP


IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
root = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
    importlib.import_module(module.name)
"""


def python(code: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("package", [package for package in PACKAGES if package != "ui"])
def test_importing_a_package_has_no_visible_effect(package: str, tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}){IMPORT_EVERYTHING}assert 'streamlit' not in sys.modules"
    done = python(code, package, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_starts_without_the_heavy_libraries(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport studies.cli\nprint(*sys.modules)"
    done = python(code, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert SLOW_TO_IMPORT & set(done.stdout.split()) == set()
