"""Statbel files, downloaded by hand: population by age, net taxable income.

``TF_SOC_POP_STRUCT_AAAA`` (zip of a pipe-separated text: one row per commune, sex, nationality,
civil state and age) gives the shares of ages and the total of a year; ``TF_PSNL_INC_TAX_MUNTY``
(XLSX, or the same as text) gives the net taxable income per inhabitant of its last year. Both name
every Belgian commune; ours are taken.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pandas as pd

from olsdata import tables
from olsdata.sources import incoming
from olsdata.sources.fetch import Limits, Received
from olsdata.sources.incoming import Incoming
from olsdata.tables import DataError

POPULATION, INCOME = "TF_SOC_POP_STRUCT", "TF_PSNL_INC_TAX_MUNTY"
LICENCE = "CC BY 4.0"
MOST_UNPACKED = 400_000_000
LIMITS = Limits(total=300, read=60, most_bytes=60_000_000)

AGES = {
    "pct_0_2": (0, 2),
    "pct_3_11": (3, 11),
    "pct_0_17": (0, 17),
    "pct_65p": (65, 200),
    "pct_80p": (80, 200),
}
_BASE_YEAR = 2021
_HOMES = "La part dépend aussi de la présence de maisons de repos dans la commune."
_REGISTER = (
    "Population inscrite au Registre national\u202f: les demandeurs d’asile et les personnes sans "
    "titre de séjour n’y figurent pas."
)
_INCOME_LIMITS = (
    "Les revenus non imposables (allocations familiales, revenu d’intégration) n’y sont pas. "
    "Quelques revenus très élevés tirent la moyenne vers le haut. Habitants comptés par Statbel "
    "dans le même fichier."
)


def kind(name: str) -> str:
    """Which file a name announces: population, income, or "" for another one.

    >>> kind("TF_SOC_POP_STRUCT_2026.zip"), kind("autre.csv")
    ('TF_SOC_POP_STRUCT', '')
    """
    return next((k for k in (POPULATION, INCOME) if k in name.upper()), "")


def read(file: Received, name: str) -> list[Incoming]:
    """Cards and values of a Statbel file.

    Parameters
    ----------
    file : its content
    name : its file name, which says what it is, and its year for the population

    Raises
    ------
    DataError
        If it is not the file that its name announces, is damaged, or lacks too many communes.
    """
    if kind(name) == POPULATION:
        return _population(file, name)
    if kind(name) == INCOME:
        return [_income(file, name)]
    raise DataError(
        f"« {name[:80]} » : fichier non reconnu. Attendus : {POPULATION}_AAAA.zip ou "
        f"{INCOME}.xlsx, sous le nom que leur donne Statbel."
    )


# --- Files --------------------------------------------------------------------------------------


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[tuple[IO[bytes], str]]:
    """The text inside a zip, or the file itself, with the name that it has there."""
    if not data.startswith(b"PK\x03\x04"):
        yield io.BytesIO(data), name
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts = [i for i in archive.infolist() if i.filename.lower().endswith((".txt", ".csv"))]
            if len(texts) != 1:
                raise DataError(f"{name} : {len(texts)} textes dans l’archive au lieu d’un.")
            if texts[0].file_size > MOST_UNPACKED:
                raise DataError(f"{name} : archive démesurée une fois ouverte ; refusée.")
            with archive.open(texts[0]) as stream:
                yield stream, texts[0].filename
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise DataError(f"{name} : archive abîmée ou incomplète.") from None


def _piped(stream: IO[bytes], name: str, needed: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The needed columns of a pipe-separated text; each may have several names."""
    wanted = {alias: column for column, aliases in needed.items() for alias in aliases}
    try:
        frame = pd.read_csv(
            stream,
            sep="|",
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            usecols=lambda head: head.strip().upper() in wanted,
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise DataError(f"{name} : ce n’est pas un texte séparé par des barres « | ».") from None
    return _named(frame, name, wanted)


def _named(frame: pd.DataFrame, name: str, wanted: dict[str, str]) -> pd.DataFrame:
    frame = frame.rename(columns=lambda head: wanted.get(str(head).strip().upper(), str(head)))
    missing = sorted(set(wanted.values()) - set(frame.columns))
    if missing:
        names = [alias for alias, column in wanted.items() if column in missing]
        raise DataError(f"{name} : il manque la colonne {', '.join(names[:4])}.")
    return frame


def _numbers(frame: pd.DataFrame, column: str, name: str) -> pd.Series:
    values = pd.to_numeric(
        frame[column].astype(str).str.strip().str.replace(",", "."), errors="coerce"
    )
    wrong = values.index[values.isna() | (values < 0)]
    if len(wrong):
        raise DataError(
            f"{name}, ligne {int(str(wrong[0])) + 2}, colonne « {column} » : nombre attendu, "
            f"« {str(frame.at[wrong[0], column])[:40]} » lu."
        )
    return values


def _ours(codes: pd.Series) -> pd.Series:
    """Which rows are those of a Walloon commune."""
    return codes.isin({*tables.load().communes.index, *incoming.MERGED})


# --- Population by age --------------------------------------------------------------------------


def _population(file: Received, name: str) -> list[Incoming]:
    needed = {
        "refnis": ("CD_REFNIS", "CD_MUNTY_REFNIS"),
        "age": ("CD_AGE",),
        "population": ("MS_POPULATION",),
    }
    with _opened(file.data, name) as (stream, inside):
        frame = _piped(stream, name, needed)
    found = re.search(rf"{POPULATION}_((?:19|20)\d\d)", f"{inside} {name}".upper())
    if found is None:
        raise DataError(f"{name} : l’année manque dans le nom du fichier ({POPULATION}_AAAA).")
    year = int(found[1])
    frame["refnis"] = frame["refnis"].str.strip()
    here = frame[_ours(frame["refnis"])]
    ages, people = (_numbers(here, column, name) for column in ("age", "population"))
    columns = {"total": people.groupby(here["refnis"]).sum()}
    for stem, (low, high) in AGES.items():
        inside_ages = people.where(ages.between(low, high), 0)
        columns[stem] = inside_ages.groupby(here["refnis"]).sum()
    counts = incoming.on_today(pd.DataFrame(columns).astype(float), mean=False)
    incoming.refuse_partial(counts["total"], name)
    shares = [_share(stem, year, counts, file) for stem in AGES]
    # The shipped totals serve the trends and the weights too: their years stay as they are.
    return shares if year in tables.TOTAL_YEARS else [_total(year, counts, file), *shares]


def _dated(file: Received, year: int) -> dict[str, Any]:
    return {
        "etat": "disponible",
        "jeu": f"{POPULATION}_{year} (structure de la population)",
        "annee": str(year),
        "date": f"1/1/{year}",
        "licence": LICENCE,
        "grain": "commune",
        "origine": "actualisation",
        "provenance": incoming.provenance(file),
    }


def _share(stem: str, year: int, counts: pd.DataFrame, file: Received) -> Incoming:
    limits = f"{_REGISTER} {_HOMES}" if stem in ("pct_65p", "pct_80p") else _REGISTER
    rule = {
        "type": "rapport",
        "numerateur": "personnes",
        "denominateur": "habitants",
        "facteur": 100,
    }
    about = incoming.base(f"{stem}_{_BASE_YEAR}") | _dated(file, year)
    about |= {"id": f"{stem}_{year}", "limites": limits, "agregation": rule}
    values = counts[[stem, "total"]].set_axis(["personnes", "habitants"], axis=1)
    return Incoming(about, values)


def _total(year: int, counts: pd.DataFrame, file: Received) -> Incoming:
    about = incoming.base(f"pop_total_{_BASE_YEAR}") | _dated(file, year)
    about |= {"id": f"pop_total_{year}", "titre": f"Population totale au 1/1/{year}"}
    about |= {"limites": _REGISTER, "agregation": {"type": "somme", "colonne": "habitants"}}
    return Incoming(about, counts[["total"]].set_axis(["habitants"], axis=1))


# --- Income -------------------------------------------------------------------------------------

_INCOME_COLUMNS = {
    "annee": ("CD_YEAR",),
    "refnis": ("CD_MUNTY_REFNIS", "CD_REFNIS"),
    "revenu": ("MS_TOT_NET_TAXABLE_INC",),
    "habitants": ("MS_TOT_RESIDENTS",),
}


def _income(file: Received, name: str) -> Incoming:
    frame = _sheet(file.data, name) if name.lower().endswith(".xlsx") else _income_text(file, name)
    years = _numbers(frame, "annee", name)
    year = int(years.max()) if len(years) else 0
    frame["refnis"] = frame["refnis"].astype(str).str.strip()
    here = frame[(years == year) & _ours(frame["refnis"])]
    twice = here["refnis"][here["refnis"].duplicated()]
    if len(twice):
        raise DataError(f"{name} : la commune {twice.iloc[0]} figure deux fois en {year}.")
    columns = {c: _numbers(here, c, name) for c in ("revenu", "habitants")}
    values = incoming.on_today(
        pd.DataFrame(columns).set_index(pd.Index(here["refnis"], name="refnis")).astype(float),
        mean=False,
    )
    incoming.refuse_partial(values["revenu"], name)
    about = incoming.base("income_net_taxable_per_inhab_2023") | {
        "id": f"income_net_taxable_per_inhab_{year}",
        "etat": "disponible",
        "jeu": f"{INCOME} (statistique fiscale des revenus)",
        "annee": str(year),
        "date": f"revenus {year}",
        "licence": LICENCE,
        "limites": _INCOME_LIMITS,
        "grain": "commune",
        "origine": "actualisation",
        "provenance": incoming.provenance(file),
        "agregation": {
            "type": "rapport",
            "numerateur": "revenu",
            "denominateur": "habitants",
            "facteur": 1,
        },
    }
    return Incoming(about, values)


def _income_text(file: Received, name: str) -> pd.DataFrame:
    with _opened(file.data, name) as (stream, _):
        return _piped(stream, name, _INCOME_COLUMNS)


def _sheet(data: bytes, name: str) -> pd.DataFrame:
    """First sheet of a workbook, the needed columns."""
    from olsdata.sources.files import workbook_rows

    rows = workbook_rows(data, name, most_rows=100_000)
    head = [str(cell or "").strip().upper() for cell in rows[0]]
    wanted = {alias: c for c, aliases in _INCOME_COLUMNS.items() for alias in aliases}
    keep = [i for i, cell in enumerate(head) if cell in wanted]
    frame = pd.DataFrame(
        [[row[i] for i in keep] for row in rows[1:]], columns=[head[i] for i in keep]
    )
    return _named(frame.dropna(how="all"), name, wanted)
