"""Small counts: hidden so that no sum, at any level and in any zoning, gives them back.

A place whose count is under five is *hidden*, and so are as many others as it takes. Hidden places
go by groups, formed once, when the file comes in; of a group only the sum is kept. A zone then has
a value when each group lies wholly inside it or wholly outside. Whatever is published is thus a
sum of visible places and of whole groups, for the zonings of today and for those that will be
drawn tomorrow: their differences are too, and say nothing of one place inside a group.

A group has two places at least and sums to ten at least: whichever of its places is the small one,
its count may still be anything from 0 to 4. The places that are hidden to keep another one company
are drawn by lot, with the counts themselves as the seed, so that knowing this method does not tell
them apart.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

THRESHOLD = 5
LEAST_SUM = 2 * THRESHOLD


def hidden_groups(
    counts: pd.DataFrame, homes: pd.DataFrame, cut: pd.Index | None = None
) -> pd.Series:
    """Group of each hidden place.

    Parameters
    ----------
    counts : index place, columns of counts of persons, >= 0; a place that lacks one has no value
        anyway and joins no group. Each column is protected.
    homes : index place, the zone that holds it at each level, finest first; groups stay as small
        as they can, and no larger than needed
    cut : places that lie in several zones of a level, which no whole group can hold

    Returns
    -------
    Series, index the hidden places, number of the group from 1. A group that even the whole
    region cannot bring to the threshold is 0: its sum must not be kept.

    Examples
    --------
    >>> counts = pd.DataFrame({"n": [3, 40, 9.0]}, index=list("abc"))
    >>> homes = pd.DataFrame({"bassin": ["x", "x", "y"]}, index=list("abc"))
    >>> hidden_groups(counts, homes).to_dict()
    {'a': 1, 'b': 1}
    """
    known = counts.dropna()
    small = known.index[(known < THRESHOLD).any(axis=1)]
    apart = small.intersection(cut) if cut is not None else small[:0]
    free = known.index.difference(small)
    if cut is not None:
        free = free.difference(cut)
    found: dict[str, int] = {}
    free = _lots(free, known)
    waiting = [[place] for place in small.difference(apart)]
    levels = [homes[column].reindex(known.index) for column in homes.columns]
    levels.append(pd.Series("", index=known.index))
    for level in levels:
        waiting, free = _at_level(level, waiting, free, known, found)
    # A cut place takes its companion from where it lives: the zones that cut it are lost anyway.
    held = [[place] for place in apart]
    for level in levels[1:]:
        held, free = _at_level(level, held, free, known, found)
    for place in (p for group in [*waiting, *held] for p in group):
        found[place] = 0
    return pd.Series(found, dtype=int).sort_index()


def _lots(places: pd.Index, counts: pd.DataFrame) -> pd.Index:
    """The places in an order that the counts decide, and that nobody can guess without them."""
    seed = hashlib.sha256(counts.sort_index().to_csv().encode()).digest()
    shuffled = np.random.default_rng(int.from_bytes(seed)).permutation(len(places))
    return places.sort_values()[shuffled]


def _at_level(
    level: pd.Series,
    waiting: list[list[str]],
    free: pd.Index,
    counts: pd.DataFrame,
    found: dict[str, int],
) -> tuple[list[list[str]], pd.Index]:
    """Close the groups that the zones of a level can close; the others, and what stays visible."""
    left: list[list[str]] = []
    by_zone: dict[str, list[str]] = {}
    for members in waiting:
        by_zone.setdefault(str(level[members[0]]), []).extend(members)
    for zone, members in sorted(by_zone.items()):
        here = free[(level.reindex(free) == zone).to_numpy()]
        for companion in [*here, None]:
            if _closed(counts.loc[members]):
                number = max(found.values(), default=0) + 1
                found.update(dict.fromkeys(members, number))
                free = free[~free.isin(members)]
                break
            if companion is not None:
                members = [*members, companion]
        else:
            members = [m for m in members if m not in set(here)]
            closed = [number for place, number in found.items() if level[place] == zone]
            if closed:  # no company is left: join those who have some
                found.update(dict.fromkeys(members, max(closed)))
            else:
                left.append(members)
    return left, free


def _closed(group: pd.DataFrame) -> bool:
    return len(group) > 1 and bool((group.sum() >= LEAST_SUM).all())


def sums(counts: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Sum of each group, index its number; none for the places that no group could hold."""
    members = groups[groups > 0]
    return counts.reindex(members.index).groupby(members).sum()


def veiled(values: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """The values without those of the hidden places."""
    kept = values.copy()
    kept.loc[kept.index.isin(groups.index)] = np.nan
    return kept


def exposed(values: pd.DataFrame, groups: pd.Series, totals: pd.DataFrame) -> bool:
    """Whether veiled counts of persons still show, or give back, one under the threshold."""
    members = groups[groups > 0]
    lonely = (members.groupby(members).size() < 2).any()
    small = (totals < LEAST_SUM).any(axis=None)
    return bool((values < THRESHOLD).any(axis=None) or lonely or small)


def zone_sums(
    shares: pd.DataFrame, values: pd.Series, groups: pd.Series, totals: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Sum over zones of what may be shown.

    Parameters
    ----------
    shares : zones × places, share of each place that lies in the zone
    values : index place, veiled; missing elsewhere = no value
    groups : index hidden places, number of their group
    totals : index group number, its sum

    Returns
    -------
    Series of the sums, NaN where a place has no value or a group is cut; Series of bool, whether
    the zone is without value because a group is cut.
    """
    weights = shares.reindex(columns=values.index, fill_value=0.0).to_numpy(float)
    known = values.to_numpy(float)
    secret = values.index.isin(groups.index)
    unknown = np.isnan(known) & ~secret
    found = weights @ np.where(np.isnan(known), 0.0, known)
    missing = (weights > 0) @ unknown.astype(float) > 0
    cut = np.zeros(len(shares), dtype=bool)
    if secret.any():
        inside = weights[:, secret]
        number, at = np.unique(groups.reindex(values.index[secret]), return_inverse=True)
        members = np.eye(len(number))[at]
        whole = np.isclose(inside, 1.0) @ members == members.sum(axis=0)
        touched = ~np.isclose(inside, 0.0) @ members > 0
        kept = totals.reindex(number.astype(int)).to_numpy(float)
        found = found + whole @ np.nan_to_num(kept)
        cut = ((touched & ~whole) | (touched & np.isnan(kept))).any(axis=1)
    found = np.where(missing | cut, np.nan, found)
    return pd.Series(found, shares.index), pd.Series(cut & ~missing, shares.index)
