"""The random numbers: the published function, uniform, and independent of neighbours in every part of the address."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest

from sim.streams import Purpose, name_key, philox, stage_key, uniform, uniforms

WORDS = st.integers(0, 2**32 - 1)
COUNT, CELLS = 20_000, 20
ADDRESS = {"seed": 5, "replication": 0, "channel": 77, "number": 0, "purpose": int(Purpose.OUTCOME), "stage": 9, "k": 0}


def row(**parts: int) -> np.ndarray:
    """Return the numbers of COUNT leads that follow each other, at the address but for the parts given."""
    a = ADDRESS | parts
    leads = range(a["number"], a["number"] + COUNT)
    rest = (a["purpose"], a["stage"], a["k"])
    return np.array([uniform(a["seed"], a["replication"], a["channel"], number, *rest) for number in leads])


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_philox_gives_the_published_words(counter, key, expected) -> None:  # noqa: ANN001
    assert tuple(int(word) for word in philox(*counter, *key)) == expected


@given(WORDS, WORDS, WORDS, WORDS, st.sampled_from(Purpose), st.integers(0, 2**24 - 1), WORDS)
def test_a_number_lies_strictly_between_0_and_1_wherever_its_address(
    seed: int, replication: int, channel: int, number: int, purpose: Purpose, stage: int, k: int
) -> None:
    assert 0 < uniform(seed, replication, channel, number, int(purpose), stage, k) < 1


def test_numbers_of_leads_that_follow_each_other_are_uniform() -> None:
    numbers = row()
    assert kstest(numbers, "uniform").pvalue > 1e-4
    assert kstest(numbers * 0.95, "uniform").pvalue < 1e-4


def independent(a: np.ndarray, b: np.ndarray) -> float:
    """Return the p-value of independence of two rows of uniform numbers (chi-square over a grid)."""
    table, *_ = np.histogram2d(a, b, bins=CELLS, range=[[0, 1], [0, 1]])
    expected = len(a) / CELLS**2
    return float(chi2.sf(((table - expected) ** 2 / expected).sum(), CELLS**2 - 1))


@pytest.mark.parametrize("part", ADDRESS)
@pytest.mark.parametrize("step", [1, 256])
def test_neighbours_in_any_part_of_the_address_are_independent(part: str, step: int) -> None:
    here, there = row(), row(**{part: ADDRESS[part] + step})
    assert independent(here, there) > 1e-4


def test_the_check_of_independence_sees_a_dependence() -> None:
    here = row()
    assert independent(here, (here + 0.3 * row(seed=6)) % 1) < 1e-4


@given(WORDS, WORDS, st.integers(0, 1000))
def test_a_block_of_numbers_is_the_numbers_one_by_one(seed: int, channel: int, first: int) -> None:
    block = uniforms(seed, 1, channel, first, 5, int(Purpose.QUALITY), 3)
    assert block.tolist() == [uniform(seed, 1, channel, first + i, int(Purpose.QUALITY), 0, 3) for i in range(5)]


def test_names_have_the_same_keys_on_every_machine() -> None:
    assert (name_key("web"), stage_key("qualify")) == (365508689, 4619203)
    assert stage_key("") == 1


def test_purposes_keep_the_numbers_that_stored_results_rely_on() -> None:
    assert (Purpose.ARRIVAL, Purpose.OUTCOME, Purpose.LEAD_IN) == (0, 18, 27)
    assert [int(purpose) for purpose in Purpose] == list(range(len(Purpose)))
    assert len(Purpose) <= 256  # a purpose has eight bits of the address
