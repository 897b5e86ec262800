"""Values of a card of the local layer in any zoning, hidden places kept hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd

from olsdata.catalogue import Rule
from olsdata.local.indicators import Kept
from olsdata.own.privacy import zone_sums
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning


def values(
    kept: Kept, rule: Rule, zoning: Zoning, columns: pd.DataFrame, facts: Facts
) -> tuple[pd.Series, pd.Series]:
    """Value of each zone by the card's rule.

    Parameters
    ----------
    kept : the card's values
    rule : how they aggregate
    zoning : zones, in the order of the result
    columns : shipped communal columns, for the weights
    facts : the tables that the zoning comes from

    Returns
    -------
    Series, NaN where there is none; Series of bool, whether it is hidden to protect a small count.

    Raises
    ------
    DataError
        If the rule names a column that is not there.
    """
    needed = {rule.column} | ({rule.weight} if rule.type == "rapport" else set())
    if absent := sorted(needed - set(kept.values.columns)):
        raise DataError(f"{kept.id} : colonne inconnue, {', '.join(absent)}.")
    shares = _shares(kept, zoning, facts)
    if rule.type == "moyenne_ponderee":
        weight = _weights(kept, rule, columns, facts)
        held = weight.where(weight > 0)
        # A place without inhabitants weighs nothing, whatever it lacks.
        top = (kept.values[rule.column] * held).where(held.notna(), 0.0)
        nobody = pd.Series(dtype=int)
        sums, _ = zone_sums(shares, top, nobody, pd.Series(dtype=float))
        below, _ = zone_sums(shares, weight.fillna(0.0), nobody, pd.Series(dtype=float))
        return _ratio(sums, below), pd.Series(False, index=shares.index)
    top, hidden = zone_sums(shares, kept.values[rule.column], kept.groups, kept.sums[rule.column])
    if rule.type == "somme":
        return top, hidden
    below, _ = zone_sums(shares, kept.values[rule.weight], kept.groups, kept.sums[rule.weight])
    return _ratio(top, below) * rule.factor + rule.offset, hidden


def _ratio(top: pd.Series, below: pd.Series) -> pd.Series:
    return (top / below).replace([np.inf, -np.inf], np.nan)


def _shares(kept: Kept, zoning: Zoning, facts: Facts) -> pd.DataFrame:
    """Zones × places, share of each place that lies in the zone."""
    if not kept.by_sector:
        return zoning.people
    # A zone takes what happens in its sectors; those without a value are missing.
    inside = zoning.sectors.reindex(kept.values.index)
    return pd.DataFrame(
        (inside.to_numpy()[None, :] == zoning.zones.index.to_numpy()[:, None]).astype(float),
        index=zoning.zones.index,
        columns=kept.values.index,
    )


def _weights(kept: Kept, rule: Rule, columns: pd.DataFrame, facts: Facts) -> pd.Series:
    """Inhabitants that weigh each place in a mean."""
    if kept.by_sector:
        return facts.secteurs["population_2024"].astype(float).reindex(kept.values.index)
    if rule.weight not in columns:
        raise DataError(f"{kept.id} : colonne inconnue, {rule.weight}.")
    return columns[rule.weight].reindex(kept.values.index)
