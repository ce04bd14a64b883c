"""Randomness with an address: every random number is a function of what it is for, never of the order of events.

The address of a number is (seed, replication, channel, lead number, purpose, stage, k). So the same lead meets the same
luck under every routing policy and staffing plan, and a difference between two plans is the plans' doing. The function
is Philox 4×32 with ten rounds (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): seed
and replication are its key, the rest of the address its counter.
"""

from enum import IntEnum
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from sim.jit import rule

_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_ROUND_A: Final = np.uint64(0xD2511F53)
_ROUND_B: Final = np.uint64(0xCD9E8D57)
_KEY_A: Final = np.uint64(0x9E3779B9)
_KEY_B: Final = np.uint64(0xBB67AE85)
_PURPOSE_SHIFT: Final = 24


class Purpose(IntEnum):
    """What a random number decides. The numbers are part of every stored result: append, never renumber."""

    ARRIVAL = 0
    WEEK = 1
    BATCH_SIZE = 2
    BATCH_LAG = 3
    REGION = 4
    SEGMENT = 5
    PRODUCT = 6
    ACCOUNT = 7
    QUALITY = 8
    SCORE_NOISE = 9
    AMOUNT = 10
    DISCOUNT = 11
    GATE = 12
    TIE = 13
    TOUCHES = 14
    EFFORT = 15
    LATENCY = 16
    PATIENCE = 17
    OUTCOME = 18
    CAUSE = 19
    NEXT_STAGE = 20
    EXPERT_NEEDED = 21
    EXPERT_EFFORT = 22
    WAKE = 23
    CLAIM = 24
    AUTOMATIC = 25
    AUTOMATIC_LATENCY = 26
    LEAD_IN = 27
    LEAVING = 28
    BACKFILL = 29
    DEMAND = 30


@rule
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of Philox 4×32-10 for a counter of four words and a key of two."""
    a, b, c, d = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    key_a, key_b = np.uint64(k0), np.uint64(k1)
    for _ in range(10):
        first = a * _ROUND_A
        second = c * _ROUND_B
        a, b, c, d = (second >> _HALF) ^ b ^ key_a, second & _LOW, (first >> _HALF) ^ d ^ key_b, first & _LOW
        key_a = (key_a + _KEY_A) & _LOW
        key_b = (key_b + _KEY_B) & _LOW
    return a, b, c, d  # type: ignore[return-value]  # unsigned 64-bit words in both ways of running


@rule
def uniform(seed: int, replication: int, channel: int, number: int, purpose: int, stage: int, k: int) -> float:
    """Return the uniform number in (0, 1) at an address, never 0 or 1 themselves.

    Parameters
    ----------
    seed, replication
        Whole numbers below 2³²: which luck.
    channel, number
        The lead: `name_key` of its channel, and its number there, below 2³².
    purpose
        A `Purpose`.
    stage
        `stage_key` of the stage that asks, or 0.
    k
        Which of several draws for that purpose, below 2³².
    """
    high, low, _, _ = philox(number, channel, (purpose << _PURPOSE_SHIFT) | stage, k, seed, replication)
    # 26 + 26 bits and a half: the middle of one of 2**52 cells, so a quantile is never infinite
    whole = (np.uint64(high) >> np.uint64(6)) * np.uint64(1 << 26) + (np.uint64(low) >> np.uint64(6))
    return (np.float64(whole) + 0.5) / 4503599627370496.0


@rule
def uniforms(
    seed: int, replication: int, channel: int, first: int, count: int, purpose: int, k: int
) -> npt.NDArray[np.float64]:
    """Return `uniform` for ``count`` leads of a channel, numbered from ``first``: shape (count,)."""
    values = np.empty(count)
    for i in range(count):
        values[i] = uniform(seed, replication, channel, first + i, purpose, 0, k)
    return values


def name_key(name: str) -> int:
    """Return the 32 bits that stand for a name in an address."""
    return crc32(name.encode())  # crc32, not hash(): hashes of texts change between interpreter runs


def stage_key(name: str) -> int:
    """Return the 24 bits that stand for a stage in an address; never 0, which means "no stage"."""
    return max(1, crc32(name.encode()) & 0xFFFFFF)
