"""Limits of a count against oracle numbers, an independent count and what must always hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olsdata import chance

LEVELS = (0.5, 0.8, 0.95, 0.998)
levels = st.floats(0.01, 0.9999)


def poisson(most: int, mean: float) -> float:
    """P(X <= most), term by term: the definition, without any gamma function of ours."""
    return math.fsum(mean**k * math.exp(-mean) / math.factorial(k) for k in range(most + 1))


# Numbers given by PHEindicatormethods (`phe_rate`, `byars_lower`, `byars_upper`).
@pytest.mark.parametrize(
    ("count", "level", "low", "high"),
    [
        (65, 0.95, 50.163188, 82.849139),
        (1045, 0.95, 982.593202, 1110.331213),
        (1, 0.95, 0.013072, 5.563756),
        (65, 0.998, 42.880261, 94.000291),
        (10, 0.998, 2.916318, 24.193725),
    ],
)
def test_byar_gives_the_published_limits(count, level, low, high):
    found = chance.byar(count, level)
    assert found.low == pytest.approx(low, abs=6e-7)
    assert found.high == pytest.approx(high, abs=6e-7)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(1, 0.025318, 5.571643), (5, 1.623486, 11.668332)]
)
def test_exact_gives_the_published_limits_per_hundred(count, low, high):
    found = chance.limits(count)
    assert found == pytest.approx((low, count, high), abs=6e-7)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", range(10))
def test_exact_limits_leave_the_same_probability_on_each_side(count, level):
    low, _, high = chance.exact(count, level)
    tail = (1 - level) / 2
    assert poisson(count, high) == pytest.approx(tail, rel=1e-9)
    if count:
        assert 1 - poisson(count - 1, low) == pytest.approx(tail, rel=1e-9)
    else:
        assert low == 0


@pytest.mark.parametrize("level", LEVELS)
def test_exact_limits_are_those_of_scipy_shared_counts_included(level):
    chi2 = pytest.importorskip("scipy.stats").chi2
    tail = (1 - level) / 2
    for count in (0.25, 0.6, 1, 2.4, 5.5, 9, 9.99, 40, 300):
        low, _, high = chance.exact(count, level)
        assert low == pytest.approx(chi2.ppf(tail, 2 * count) / 2, rel=1e-9)
        assert high == pytest.approx(chi2.isf(tail, 2 * count + 2) / 2, rel=1e-9)


def test_the_limits_are_exact_below_ten_and_byars_from_ten():
    assert chance.limits(9) == chance.exact(9)
    assert chance.limits(9) != chance.byar(9)
    assert chance.limits(10) == chance.byar(10)
    assert chance.limits(10) != chance.exact(10)


@pytest.mark.parametrize(("level", "most"), [(0.95, 0.002), (0.998, 0.015)])
def test_byar_is_as_close_to_the_exact_limits_as_the_module_says(level, most):
    for count in range(10, 200):
        for near, true in zip(chance.byar(count, level), chance.exact(count, level), strict=True):
            assert near == pytest.approx(true, rel=most)


@given(st.integers(0, 5_000), levels)
def test_limits_hold_the_count_and_grow_with_it(count, level):
    here, more = chance.limits(count, level), chance.limits(count + 1, level)
    assert 0 <= here.low <= count < here.high
    assert here.low < more.low or here.low == 0
    assert here.high < more.high


@given(st.floats(0, 200), levels, levels)
def test_a_higher_level_widens_the_limits(count, one, other):
    narrow, wide = (chance.limits(count, level) for level in sorted((one, other)))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@pytest.mark.parametrize("count", [-1, math.nan, math.inf])
@pytest.mark.parametrize("function", [chance.limits, chance.exact, chance.byar])
def test_a_count_without_sense_is_refused(function, count):
    with pytest.raises(ValueError, match="count"):
        function(count)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, math.nan])
def test_a_level_outside_zero_and_one_is_refused(level):
    for count in (0, 3, 30):
        with pytest.raises(ValueError, match="level"):
            chance.limits(count, level)
