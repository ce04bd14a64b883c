"""A small simulation-based calibration; the large one is tools/sbc.py."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sbc() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbc", ROOT / "tools" / "sbc.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", ["exits", "leads", "amounts"])
def test_ranks_of_the_truth_are_uniform_and_those_of_a_narrow_fit_are_not(name: str, sbc: ModuleType) -> None:
    case = sbc.CASES[name]
    table = sbc.uniformity(sbc.ranks(60, case)).set_index("quantity")
    assert table["p"].min() > 0.0005

    def narrow(data: tuple[np.ndarray, ...], seed: int) -> dict[str, np.ndarray]:
        draws = case.fit(data, seed)
        return {name: values.mean() + (values - values.mean()) / 3 for name, values in draws.items()}

    wrong = sbc.uniformity(sbc.ranks(60, sbc.Case(case.truth, narrow))).set_index("quantity")
    assert wrong.loc["level", "p"] < 0.0005


def test_the_test_for_uniformity_knows_uniform_ranks_from_others(sbc: ModuleType) -> None:
    import pandas as pd  # noqa: PLC0415 - only here

    rng = np.random.default_rng(1)
    table = pd.DataFrame({"even": rng.integers(0, 200, 500), "low": rng.integers(0, 150, 500)})
    found = sbc.uniformity(table).set_index("quantity")["p"]
    assert found["even"] > 0.001
    assert found["low"] < 1e-9


def test_the_stored_results_hold_for_every_quantity(sbc: ModuleType) -> None:
    import pandas as pd  # noqa: PLC0415 - only here

    stored = pd.read_csv(ROOT / "docs" / "simulation-based-calibration.csv")
    quick = stored[stored["method"] == "fast"]
    assert quick["n"].min() >= 200
    assert set(quick["model"]) == set(sbc.CASES)
    spreads = {f"spread of {term.name}" for term in (*sbc.TERMS, *sbc.COMING)} | {"dispersion", "group spread"}
    assert spreads <= set(quick["quantity"])
    # some twenty quantities are looked at: the smallest p of twenty uniform ones is below 0.001 once in fifty times
    assert quick["p"].min() > 0.001
