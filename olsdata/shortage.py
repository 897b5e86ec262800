"""Shortage of general practitioners: the law's own criteria, applied to counts by commune.

Royal order of 23 March 2012 (numac 2012022120), art. 4, Walloon version. A commune is « éligible »
below a number of general practitioners per 100,000 inhabitants that depends on its density, and
« majoré » below a lower one. This is an estimate: the official list is the AViQ's, which also knows
the derogations and the positive-action zones of the large cities.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from olsdata import tables
from olsdata.tables import DataError

FILE = "mg_penurie_seuils.csv"
ELIGIBLE, RAISED, NEITHER = "éligible", "majoré", "ni l’un ni l’autre"
ESTIMATE = "estimation selon les critères de l’arrêté ; la liste officielle est celle de l’AViQ"
_COLUMNS = {
    "population_2026": "population",
    "habitants_km2_2026": "habitants_km2",
    "seuil_eligible_mg_100000": "seuil_eligible",
    "seuil_majore_mg_100000": "seuil_majore",
}


@lru_cache(maxsize=2)
def thresholds(folder: Path = tables.GEODATA) -> pd.DataFrame:
    """Thresholds of each commune, from its density in 2026.

    Returns
    -------
    DataFrame, index refnis (252 communes): population (1/1/2026), habitants_km2, seuil_eligible
    and seuil_majore (general practitioners per 100,000 inhabitants; strictly below).

    Raises
    ------
    DataError
        If the file is missing or is not made of numbers.

    Examples
    --------
    >>> thresholds().loc["92094", ["seuil_eligible", "seuil_majore"]].tolist()
    [90.0, 50.0]
    """
    try:
        frame = pd.read_csv(folder / FILE, dtype={"refnis": str}).set_index("refnis")
        found = frame[list(_COLUMNS)].rename(columns=_COLUMNS)
        return found.astype({"population": int, "seuil_eligible": float, "seuil_majore": float})
    except (OSError, UnicodeDecodeError, KeyError, ValueError):
        raise DataError(f"{FILE} : fichier introuvable ou illisible.") from None


def classify(doctors: pd.Series, folder: Path = tables.GEODATA) -> pd.DataFrame:
    """Communes by the criteria of the order, from their number of general practitioners.

    Parameters
    ----------
    doctors : index refnis, whole number of active general practitioners, >= 0

    Returns
    -------
    DataFrame, index refnis, in the order given: medecins, pour_100000, seuil_eligible,
    seuil_majore, categorie ("éligible", "majoré" or "ni l’un ni l’autre").

    Raises
    ------
    DataError
        If a commune has no threshold (the nine German-speaking ones) or a number is negative.

    Examples
    --------
    >>> classify(pd.Series({"92094": 200, "25005": 3}))["categorie"].tolist()
    ['ni l’un ni l’autre', 'majoré']
    """
    limits = thresholds(folder)
    unknown = [str(code) for code in doctors.index if code not in limits.index]
    if unknown:
        raise DataError(f"Pas de seuil de pénurie pour la commune {', '.join(unknown)}.")
    if (doctors < 0).any() or doctors.isna().any():
        raise DataError("Un nombre de médecins généralistes est négatif ou manque.")
    here = limits.loc[doctors.index]
    # Compared as doctors × 100,000 against threshold × inhabitants: whole numbers, exact.
    scaled = doctors.astype(int) * 100_000
    category = pd.Series(NEITHER, index=doctors.index, dtype=object)
    category[scaled < here["seuil_eligible"] * here["population"]] = ELIGIBLE
    category[scaled < here["seuil_majore"] * here["population"]] = RAISED
    return pd.DataFrame(
        {
            "medecins": doctors.astype(int),
            "pour_100000": scaled / here["population"],
            "seuil_eligible": here["seuil_eligible"],
            "seuil_majore": here["seuil_majore"],
            "categorie": category,
        }
    )
