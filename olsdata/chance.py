"""What chance alone could explain: limits of a small count.

The number of structures on a territory is a full count, not a sample. The limits answer another
question: had the same causes been at work again, between which numbers would the count fall?
Below ten events the limits are exact (Poisson); from ten on they are Byar's approximation, then
within 0.2 % of the exact ones at 95 %, 1.5 % at 99.8 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

BYAR_FROM = 10
"""Count from which Byar's approximation replaces the exact limits (PHE, `phe_rate`)."""

WIDEST = 1 - 1e-9
"""Levels above this one would ask for more digits than a float has."""


class Limits(NamedTuple):
    """A value between its two limits, all in the same unit."""

    low: float
    value: float
    high: float


def limits(count: float, level: float = 0.95) -> Limits:
    """Limits of a count: exact below ten, Byar's from ten on.

    Parameters
    ----------
    count : events or structures, >= 0; not whole when a structure is shared between zones
    level : probability that the limits hold, between 0 and 1 (0.95, 0.998)

    Returns
    -------
    Limits, events; the low limit of a count of zero is zero.

    Raises
    ------
    ValueError
        If the count is negative or not finite, or the level is not between 0 and 1.

    Notes
    -----
    On whole counts both limits grow with the count. On shared ones the change of formula at ten
    makes the low limit step back by 0.008 at 95 % (0.044 at 99.8 %).

    Examples
    --------
    >>> [round(limit, 6) for limit in limits(65)]
    [50.163188, 65.0, 82.849139]
    >>> [round(limit, 6) for limit in limits(5)]
    [1.623486, 5.0, 11.668332]
    """
    return exact(count, level) if count < BYAR_FROM else byar(count, level)


def byar(count: float, level: float = 0.95) -> Limits:
    """Byar's limits of a count.

    With z the normal quantile of the level and x the count::

        low  = x (1 - 1/(9x) - z/(3√x))³
        high = (x + 1) (1 - 1/(9(x + 1)) + z/(3√(x + 1)))³

    Parameters
    ----------
    count : events, >= 0; meant for ten and more
    level : probability that the limits hold, between 0 and 1

    Returns
    -------
    Limits, events; the low limit is never negative.

    Raises
    ------
    ValueError
        As ``limits``.

    References
    ----------
    Breslow, Day (1987), Statistical Methods in Cancer Research II, IARC 82, p. 69.
    PHEindicatormethods, ``byars_lower`` and ``byars_upper``.

    Examples
    --------
    >>> [round(limit, 6) for limit in byar(1045)]
    [982.593202, 1045.0, 1110.331213]
    >>> [round(limit, 6) for limit in byar(1)]
    [0.013072, 1.0, 5.563756]
    >>> [round(limit, 6) for limit in byar(65, 0.998)]
    [42.880261, 65.0, 94.000291]
    >>> [round(limit, 6) for limit in byar(10, 0.998)]
    [2.916318, 10.0, 24.193725]
    """
    tail = _tail(count, level)
    z = -NormalDist().inv_cdf(tail)
    above = count + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3
    root = 1 - 1 / (9 * count) - z / (3 * math.sqrt(count)) if count else 0.0
    return Limits(count * max(root, 0.0) ** 3, float(count), high)


def exact(count: float, level: float = 0.95) -> Limits:
    """Exact Poisson limits of a count (Garwood).

    The mean under which as many events or more have probability (1 - level)/2, and the one under
    which as few or fewer have it. As P(X ≥ x; μ) is the regularised gamma function P(x, μ), both
    are its quantiles, found by bisection: P(x, low) = (1 - level)/2 and
    P(x + 1, high) = (1 + level)/2.

    Parameters
    ----------
    count : events, >= 0
    level : probability that the limits hold, between 0 and 1

    Returns
    -------
    Limits, events; the low limit of zero is zero.

    Raises
    ------
    ValueError
        As ``limits``.

    References
    ----------
    Garwood (1936), Biometrika 28:437-442.

    Examples
    --------
    >>> [round(limit, 6) for limit in exact(1)]
    [0.025318, 1.0, 5.571643]
    >>> round(exact(0).high, 6) == round(-math.log(0.025), 6)
    True
    """
    tail = _tail(count, level)
    if count == 0:
        return Limits(0.0, 0.0, -math.log(tail))
    low = _bisect(lambda mean: _gamma_p(count, mean) < tail, count)
    high = _bisect(lambda mean: 1 - _gamma_p(count + 1, mean) > tail, count)
    return Limits(low, float(count), high)


def _tail(count: float, level: float) -> float:
    """Probability left on each side; refuses what has no limits."""
    if not (math.isfinite(count) and count >= 0):
        raise ValueError(f"count must be finite and not negative: {count}")
    if not 0 < level <= WIDEST:
        raise ValueError(f"level must lie between 0 and 1: {level}")
    return (1 - level) / 2


def _gamma_p(shape: float, mean: float) -> float:
    """Regularised lower incomplete gamma function: mean^a e^-mean Σ mean^n / Γ(a + n + 1)."""
    if mean == 0:
        return 0.0
    term = math.exp(shape * math.log(mean) - mean - math.lgamma(shape + 1))
    terms = [term]
    n = 0
    while n < mean or term > 1e-18:
        n += 1
        term *= mean / (shape + n)
        terms.append(term)
    return math.fsum(terms)


def _bisect(too_low: Callable[[float], bool], start: float) -> float:
    """Where a test that is true, then false, turns: to the last digit of a float."""
    low, high = 0.0, start + 1.0
    while too_low(high):
        high *= 2
    while low < (middle := (low + high) / 2) < high:
        if too_low(middle):
            low = middle
        else:
            high = middle
    return high
