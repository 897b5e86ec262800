"""IWEPS WalStat: communal indicators as open data (CC0).

``GET {base}/csv/{indicateur}_{ordre}/com+period=last`` answers a CSV: ``ins``, ``type_entite``,
``entite``, ``periode``, and a column of values without a name; « non disponible » is a missing
value. A level and ``ins=`` may not be mixed (404), and a missing commune may come with an older
period: only the latest one is kept.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from olsdata import words
from olsdata.sources import incoming
from olsdata.sources.fetch import Limits, Received, get
from olsdata.sources.incoming import Incoming
from olsdata.tables import DataError

BASE = "https://opendata.iweps.be/api/data"
URL_VARIABLE = "OLS_WALSTAT_URL"
SERIES = Path(__file__).with_name("walstat.toml")
LICENCE = "CC0"

_HEAD = ["ins", "type_entite", "entite", "periode"]
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MISSING = {"", "non disponible", "nd", "n.d."}


@lru_cache(maxsize=1)
def series() -> dict[str, dict[str, Any]]:
    """What each card needs from WalStat: indicateur, ordre, unite, poids, bornes, limites."""
    return tomllib.loads(SERIES.read_text("utf-8"))


def address(card: str) -> str:
    """Where a card's figure is asked for.

    >>> address("bim_pct")
    'https://opendata.iweps.be/api/data/csv/833800_0/com+period=last'
    """
    about = series()[card]
    root = os.environ.get(URL_VARIABLE, "").rstrip("/") or BASE
    return f"{root}/csv/{about['indicateur']}_{about['ordre']}/com+period=last"


def ask(card: str, limits: Limits | None = None) -> Incoming:
    """Ask WalStat for a card's figure.

    Raises
    ------
    DataError
        If the service refuses, or its answer is not that indicator, whole.
    """
    return read(card, get(address(card), limits))


def card_of(name: str) -> str:
    """The card that a file's name announces by its number (« 833800_0.csv »); "" for none."""
    for card, about in series().items():
        if re.search(rf"(?<!\d){about['indicateur']}(?!\d)", name):
            return card
    return ""


def read(card: str, file: Received) -> Incoming:
    """A card and its values from an answer of WalStat.

    Raises
    ------
    DataError
        If it is not this CSV, is cut short, holds an unknown commune or a value that cannot be
        this indicator, or lacks too many communes.
    """
    about = series()[card]
    name = f"WalStat {about['indicateur']}"
    rows = _rows(file.data, name)
    codes = pd.Series([row[0] for row in rows])
    incoming.checked_codes(codes, name)
    period, year = _latest([row for row in rows if row[4].casefold() not in _MISSING], name)
    values, late = {}, 0
    for line, (code, _, entity, when, text) in enumerate(rows, 2):
        if code in values:
            raise DataError(f"{name}, ligne {line} : {entity} ({code}) figure deux fois.")
        values[code] = _value(text, about["bornes"], f"{name}, ligne {line}")
        if when.casefold() != period.casefold():
            late += values[code] == values[code]
            values[code] = float("nan")
    column = "valeur"
    here = incoming.on_today(pd.DataFrame({column: pd.Series(values, dtype=float)}), mean=True)
    incoming.refuse_partial(here[column], name)
    return Incoming(_about(card, file, period, year), here, _said(here[column], late))


def _rows(data: bytes, name: str) -> list[list[str]]:
    """Rows of the CSV, five texts each."""
    if data.lstrip()[:1] == b"<":
        raise DataError(f"{name} : une page web au lieu d’un CSV.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{name} : le fichier n’est pas en UTF-8, comme WalStat l’écrit.") from None
    if not text.strip():
        raise DataError(f"{name} : réponse vide.")
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        first = next(lines)
        head = [cell.strip().casefold() for cell in first]
        if head[:4] != _HEAD or len(head) > 5:
            raise DataError(
                f"{name} : colonnes inattendues, « {', '.join(first)[:80]} » au lieu de "
                f"« {', '.join(_HEAD)}, » et d’une colonne de valeurs."
            )
        rows = [[cell.strip() for cell in line] for line in lines if line]
    except csv.Error:
        raise DataError(f"{name} : ce fichier n’est pas un CSV lisible.") from None
    for line, row in enumerate(rows, 2):
        if len(row) != 5:
            raise DataError(f"{name}, ligne {line} : {len(row)} colonnes au lieu de 5 ; tronqué.")
        if row[1].casefold() != "commune":
            raise DataError(f"{name}, ligne {line} : « {row[1][:40]} » au lieu d’une commune.")
    if not rows:
        raise DataError(f"{name} : aucune commune dans la réponse.")
    return rows


def _latest(rows: list[list[str]], name: str) -> tuple[str, int]:
    """The latest period of the rows with a value, as written, and its last year."""
    periods = {row[3]: [int(y) for y in _YEARS.findall(row[3])] for row in rows}
    odd = [period for period, years in periods.items() if not years]
    if odd or not periods:
        what = f"« {odd[0][:40]} » n’est pas une période" if odd else "aucune valeur"
        raise DataError(f"{name} : {what}.")
    last = max(periods, key=lambda period: (max(periods[period]), period.casefold()))
    return last, max(periods[last])


def _value(text: str, bounds: list[float], where: str) -> float:
    if text.casefold() in _MISSING:
        return float("nan")
    if not re.fullmatch(r"-?\d+([.,]\d+)?", text):
        raise DataError(f"{where} : nombre attendu, « {text[:40]} » lu.")
    value = float(text.replace(",", "."))
    if not bounds[0] <= value <= bounds[1]:
        low, high = (words.number(b) for b in bounds)
        raise DataError(f"{where} : {text} est hors de {low}–{high}, ce n’est pas cet indicateur.")
    return value


def _about(card: str, file: Received, period: str, year: int) -> dict[str, Any]:
    about = series()[card]
    years = _YEARS.findall(period)
    return incoming.base(card) | {
        "etat": "disponible",
        "unite": about["unite"],
        "decimales": about["decimales"],
        "polarite": about["polarite"],
        "jeu": f"WalStat, indicateur {about['indicateur']}_{about['ordre']}",
        "annee": "–".join(sorted({years[0], years[-1]})),
        "date": period[:1].lower() + period[1:],
        "licence": LICENCE,
        "limites": about["limites"],
        "grain": "commune",
        "origine": "actualisation",
        "provenance": incoming.provenance(file),
        "agregation": {
            "type": "moyenne_ponderee",
            "colonne": "valeur",
            "poids": incoming.nearest(about["poids"], year),
        },
    }


def _said(values: pd.Series, late: int) -> tuple[str, ...]:
    said = []
    missing = list(values.index[values.isna()])
    if missing:
        from olsdata import tables

        names = list(tables.load().communes.loc[missing, "nom"])
        said.append(f"Non disponible pour {words.listing(names, most=5)}.")
    if late:
        said.append(
            f"{words.plural(late, 'commune n’a', 'communes n’ont')} qu’une période plus ancienne : "
            "valeur laissée de côté."
        )
    return tuple(said)
