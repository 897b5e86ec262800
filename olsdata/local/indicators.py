"""Communal figures of the local layer: ``indicateurs/<id>.csv`` and its card ``<id>.toml``.

The table has one row per commune (``refnis``) and the columns that the card's rule names. A
column of the same name as a shipped one takes its place.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from olsdata import local, tables
from olsdata.tables import DataError

FOLDER = "indicateurs"


def cards() -> list[Path]:
    """The files of the cards, by name."""
    return sorted((local.folder() / FOLDER).glob("*.toml"))


def laid_over(shipped: pd.DataFrame) -> pd.DataFrame:
    """The communal figures with those of the local layer over them.

    Parameters
    ----------
    shipped : index refnis, one column per figure

    Raises
    ------
    DataError
        If a table is unreadable, names an unknown commune, or two tables share a column.
    """
    found = shipped
    owner: dict[str, str] = {}
    for path in sorted((local.folder() / FOLDER).glob("*.csv")):
        table = tables.read(path.name, path.parent, like="indicateurs.csv").set_index("refnis")
        unknown = table.index.difference(shipped.index)
        if len(unknown):
            raise DataError(f"{path.name} : commune inconnue ({', '.join(unknown[:5])}).")
        for column in table.columns:
            if column in owner:
                raise DataError(f"{path.name} : « {column} » est déjà dans {owner[column]}.")
            if column.startswith("pop_"):
                raise DataError(
                    f"{path.name} : la colonne « {column} » se calcule dans les tables de "
                    "population."
                )
            owner[column] = path.name
        found = found.drop(columns=table.columns, errors="ignore").join(table)
    return found
