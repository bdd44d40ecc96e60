"""Chance that is the same on every machine.

Only `Generator.random` is drawn; every distribution is made of it with tables, so that the bytes do not
hang on a
NumPy release or on a processor's `exp`.
"""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_GRID = np.arange(1, 1024) / 1024
_NORMAL = np.array([round(NormalDist().inv_cdf(p), 6) for p in _GRID.tolist()])


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each named purpose: adding one purpose does not disturb the others."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def shuffled(rng: np.random.Generator, count: int) -> Ints:
    """The numbers 0..count-1 in random order."""
    return np.argsort(rng.random(count), kind="stable").astype(np.int64)


def spread(rng: np.random.Generator, count: int) -> Floats:
    """`count` uniforms, one from each of `count` equal parts of (0, 1), in random order.

    Shares of a small county then lie close to the intended ones.
    """
    if count == 0:
        return np.zeros(0)
    return (shuffled(rng, count) + rng.random(count)) / count


def choose(uniforms: Floats, weights: list[float] | Floats) -> Ints:
    """The index of the weight in which each uniform falls."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found: Ints = np.searchsorted(edges, uniforms * edges[-1], side="right").astype(np.int64)
    return np.minimum(found, len(edges) - 1)


def skewed(uniforms: Floats, sigma: float) -> Floats:
    """Lognormal factors of mean about 1 for the uniforms."""
    factors = np.array([round(math.exp(sigma * z - sigma * sigma / 2), 6) for z in _NORMAL.tolist()])
    found: Floats = np.interp(uniforms, _GRID, factors)
    return found


def whole(values: Floats) -> Ints:
    """Rounded half up to whole numbers (cents, days)."""
    return np.floor(values + 0.5).astype(np.int64)
