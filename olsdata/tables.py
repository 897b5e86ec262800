"""The fact tables of ``geodata/``: read, checked and kept once.

Every table has a pandera schema. A table that breaks it, or does not fit the others, is refused
as a whole with a French sentence that names the file, the row and what is wrong.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa

from olsdata import local
from olsdata.local import remembered

if TYPE_CHECKING:
    from olsdata.local.indicators import Kept

ROOT = Path(__file__).resolve().parent.parent
GEODATA = ROOT / "geodata"
STATIC = ROOT / "static"

TOTAL_YEARS = (*range(2009, 2022), 2024, 2026)
AGE_YEARS = (2011, 2016, 2021)

COMMUNES, SECTORS = 261, 9_876
"""Rows of the grid of 2025; a file cut at the end of a line shows in no other way."""


class DataError(ValueError):
    """Something is wrong in the data; the message is a French sentence for the user."""


def _column(kind: type, *checks: pa.Check, **options: Any) -> pa.Column:
    return pa.Column(kind, list(checks), coerce=True, **options)


def _refnis(**options: Any) -> pa.Column:
    code = pa.Check.str_matches(r"^\d{5}$", error="code REFNIS attendu (cinq chiffres)")
    return _column(str, code, **options)


_SECTION = pa.Check.str_matches(r"^\d{5}[A-Z0-9_-]$", error="code de section attendu (62063A)")
_POSITIVE = pa.Check.ge(0, error="valeur négative")
_LON = pa.Check.between(2.5, 6.6, error="longitude hors de Wallonie")
_LAT = pa.Check.between(49.4, 51.0, error="latitude hors de Wallonie")
_YEAR = pa.Check.isin(TOTAL_YEARS, error="année inconnue")
_SHARE = pa.Check.between(0, 100, error="pourcentage hors de 0–100")
_NAME = pa.Check.str_matches(r"^\S(.*\S)?$", error="texte vide ou bordé d’espaces")


def _indicator_columns() -> dict[str, pa.Column]:
    """Schema of the communal figures: numbers, never negative; shares between 0 and 100."""
    return {
        r"^pct_.+": _column(float, _SHARE, nullable=True, regex=True, required=False),
        r"^(?!pct_|refnis$).+": _column(
            float, _POSITIVE, nullable=True, regex=True, required=False
        ),
    }


OTHER_ZONINGS = ("provinces", "arrondissements", "clps", "secours")
"""Cut-outs that are not ours, kept to compare with."""

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "communes.csv": pa.DataFrameSchema(
        {
            "refnis": _refnis(),
            "nom": _column(str),
            "province": _column(str),
            "arrondissement": _column(str),
            "germanophone": _column(int, pa.Check.isin([0, 1], error="0 ou 1 attendu")),
        },
        unique=["refnis"],
        strict=True,
    ),
    "secteurs.csv": pa.DataFrameSchema(
        {
            "secteur": _column(
                str, pa.Check.str_matches(r"^\d{5}.{4}$", error="code de secteur attendu")
            ),
            "section": _column(str, _SECTION),
            "refnis": _refnis(),
            "nom": _column(str, nullable=True),
            "lon": _column(float, _LON),
            "lat": _column(float, _LAT),
            "hectares": _column(float, _POSITIVE, nullable=True),
            "population_2024": _column(int, _POSITIVE),
        },
        unique=["secteur"],
        strict=True,
    ),
    "sections.csv": pa.DataFrameSchema(
        {"section": _column(str, _SECTION), "refnis": _refnis(), "nom": _column(str)},
        unique=["section"],
        strict=True,
    ),
    "population_age_sexe.csv": pa.DataFrameSchema(
        {
            "refnis": _refnis(),
            "annee": _column(int, pa.Check.isin(AGE_YEARS, error="année inconnue")),
            "sexe": _column(str, pa.Check.isin(["F", "M"], error="F ou M attendu")),
            "age": _column(
                str, pa.Check.str_matches(r"^\d+(-\d+|\+)$", error="groupe d’âges attendu")
            ),
            "population": _column(int, _POSITIVE),
        },
        unique=["refnis", "annee", "sexe", "age"],
        strict=True,
    ),
    "population_totale.csv": pa.DataFrameSchema(
        {
            "refnis": _refnis(),
            "annee": _column(int, _YEAR),
            "population": _column(int, _POSITIVE),
        },
        unique=["refnis", "annee"],
        strict=True,
    ),
    "indicateurs.csv": pa.DataFrameSchema(
        {"refnis": _refnis(), **_indicator_columns()}, unique=["refnis"], strict=True
    ),
    "pharmacies.csv": pa.DataFrameSchema(
        {"refnis": _refnis(), **_indicator_columns()}, unique=["refnis"], strict=True
    ),
    "decoupages/ols.csv": pa.DataFrameSchema(
        {
            "zone": _column(str, _NAME),
            "label": _column(str, _NAME),
            "refnis": _refnis(),
            "section": _column(str, _SECTION, nullable=True),
        },
        unique=["refnis", "section"],
        strict=True,
    ),
}
SCHEMAS["decoupages/cantons.csv"] = pa.DataFrameSchema(
    {
        "zone": _column(str, _NAME),
        "label": _column(str, _NAME),
        "secteur": _column(
            str, pa.Check.str_matches(r"^\d{5}.{4}$", error="code de secteur attendu")
        ),
    },
    unique=["secteur"],
    strict=True,
)
for _zoning in ("bassins", *OTHER_ZONINGS):
    SCHEMAS[f"decoupages/{_zoning}.csv"] = SCHEMAS["decoupages/ols.csv"]

LINK_KINDS = ("organe de gouvernance", "partage d’activités", "support")
STRUCTURE_TYPES = (
    "cercle_mg",
    "rml",
    "sisd",
    "plateforme_palliative",
    "equipe_palliative",
    "clps",
    "pfcsm",
    "reseau_107",
    "reseau_sm_jeunes",
    "pmg",
    "reseau_hospitalier",
)
_TYPE = pa.Check.isin(STRUCTURE_TYPES, error="type de structure inconnu")
_FLAG = pa.Check.isin([0, 1], error="0 ou 1 attendu")


def _state(*known: str) -> pa.Column:
    return _column(str, pa.Check.isin(known, error=f"{' ou '.join(known)} attendu"))


def _texts(*names: str) -> dict[str, pa.Column]:
    """Columns of free text that may be empty."""
    return {name: _column(str, nullable=True) for name in names}


SCHEMAS["structures.csv"] = pa.DataFrameSchema(
    {
        "id": _column(str, _NAME),
        "type": _column(str, _TYPE),
        "nom": _column(str, _NAME),
        "siege_refnis": _refnis(nullable=True),
        **_texts("siege", "annee", "lien", "remarque"),
        "source": _column(str, _NAME),
        "statut": _state("source", "a_verifier"),
        "germanophone": _column(int, _FLAG),
    },
    unique=["id"],
    strict=True,
)
SCHEMAS["structures_couverture.csv"] = pa.DataFrameSchema(
    {
        "structure": _column(str, _NAME),
        "refnis": _refnis(),
        "part": _column(float, pa.Check.between(0, 1, error="part hors de 0–1"), nullable=True),
        "statut": _state("source", "deduit"),
        **_texts("source"),
    },
    unique=["structure", "refnis"],
    strict=True,
)
SCHEMAS["structures_totaux.csv"] = pa.DataFrameSchema(
    {
        "type": _column(str, _TYPE),
        "zone": _column(str, _NAME),
        "total": _column(int, _POSITIVE),
        **_texts("annee", "lien", "remarque"),
        "source": _column(str, _NAME),
        "reference": _column(int, _FLAG),
    },
    strict=True,
)
SCHEMAS["structures_liens.csv"] = pa.DataFrameSchema(
    {
        "structure_a": _column(str, _NAME),
        "structure_b": _column(str, _NAME),
        "type_lien": _state(*LINK_KINDS),
        **_texts("instance", "date"),
        "source": _column(str, _NAME),
        "statut": _column(str, _NAME),
    },
    strict=True,
)

BUILT: dict[str, pa.DataFrameSchema] = {
    "contiguite.csv": pa.DataFrameSchema(
        {"section_a": _column(str, _SECTION), "section_b": _column(str, _SECTION)},
        unique=["section_a", "section_b"],
        strict=True,
    ),
}
"""Tables that ``construire`` writes; no figure comes from them."""

ZONING_KEYS = ("id", "label", "niveau", "statut", "source", "date", "version")
ZONING_LEVELS = {"ols": "ols", "bassins": "bassin"} | dict.fromkeys(
    (*OTHER_ZONINGS, "cantons"), "autre"
)
ZONING_STATES = ("officiel", "provisoire", "atelier", "validé")
"""Fixed by an order; computed by the project; drawn in a workshop; adopted by the OLS."""


@dataclass(frozen=True, eq=False)
class Facts:
    """The checked tables, as they stand in one folder.

    Attributes
    ----------
    communes : index ``refnis``; nom, province, arrondissement, germanophone (261 rows)
    secteurs : index ``secteur``; section, refnis, nom, lon, lat, hectares, population_2024
    sections : index ``section``; refnis, nom
    ages : refnis, annee, sexe, age, population (persons on 1 January)
    totaux : index ``refnis``, one column per year (persons on 1 January)
    indicateurs : index ``refnis``, one column per communal figure
    decoupages : per zoning, its rows (zone, label, refnis, section) and its description
    structures : index ``id``; type, nom, siege_refnis, siege, annee, source, lien, statut, …
    couverture : structure, refnis, part (NaN = unknown), statut, source
    totaux_structures : type, zone, total, annee, source, lien, reference, remarque
    liens : structure_a, structure_b, type_lien, instance, source, date, statut
    locales : per card of the local layer, its values
    version : label of the data and the first eight digits of their sha256; then « ~ » and the
        fingerprint of the local layer, if there is one
    """

    folder: Path
    communes: pd.DataFrame
    secteurs: pd.DataFrame
    sections: pd.DataFrame
    ages: pd.DataFrame
    totaux: pd.DataFrame
    indicateurs: pd.DataFrame
    decoupages: dict[str, tuple[pd.DataFrame, dict[str, Any]]]
    structures: pd.DataFrame
    couverture: pd.DataFrame
    totaux_structures: pd.DataFrame
    liens: pd.DataFrame
    version: str
    locales: dict[str, Kept] = field(default_factory=dict)


def read(name: str, folder: Path = GEODATA, like: str = "") -> pd.DataFrame:
    """One table, checked against its schema.

    Parameters
    ----------
    name : file name inside the folder
    folder : where the tables lie
    like : the key of ``SCHEMAS`` or ``BUILT`` that it obeys; its own name when absent

    Raises
    ------
    DataError
        If the file is missing, not UTF-8, cut short, or breaks its schema; names the rows.
    """
    path = folder / name
    try:
        raw = path.read_bytes()
    except OSError:
        raise DataError(f"{name} : fichier introuvable dans {folder}.") from None
    text = _decode(raw, name)
    _check_shape(text, name)
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""])
    schema = (SCHEMAS | BUILT)[like or name]
    _check_numbers(frame, name, schema)
    return _validated(frame, name, schema)


def _decode(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            f"{name}, ligne {line} : encodage incorrect. Enregistrez le fichier en UTF-8."
        ) from None


def _check_shape(text: str, name: str) -> None:
    """Refuse an empty or truncated file: pandas would fill it with blanks without a word."""
    if not text.strip():
        raise DataError(f"{name} : le fichier est vide.")
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        raise DataError(f"{name}, ligne {line} : fichier tronqué (fin de ligne absente).")
    rows = csv.reader(io.StringIO(text))
    header = next(rows)
    width = len(header)
    doubles = sorted({column for column in header if header.count(column) > 1})
    if doubles:
        raise DataError(f"{name}, ligne 1 : colonne en double, {', '.join(doubles)}.")
    for row in rows:
        if len(row) != width:
            raise DataError(
                f"{name}, ligne {rows.line_num} : {len(row)} colonnes au lieu de {width}."
            )


def _check_numbers(frame: pd.DataFrame, name: str, schema: pa.DataFrameSchema) -> None:
    """Refuse as a number what Python would take for one: « inf », « nan », « 6_653 »."""
    for key, column in schema.columns.items():
        kind = str(column.dtype)
        if not kind.startswith(("int", "float")):
            continue
        pattern = r"-?[0-9]+" if kind.startswith("int") else r"-?[0-9]+(\.[0-9]+)?"
        for header in frame.columns:
            if not (re.match(key, header) if column.regex else header == key):
                continue
            given = frame[header].dropna()
            wrong = given[~given.str.fullmatch(pattern)]
            if not wrong.empty:
                raise DataError(
                    f"{name}, ligne {int(str(wrong.index[0])) + 2}, colonne « {header} » : "
                    f"nombre attendu, « {wrong.iloc[0]} » lu."
                )
            empty = frame.index[frame[header].isna()]
            if len(empty) and not column.nullable:
                raise DataError(
                    f"{name}, ligne {empty[0] + 2}, colonne « {header} » : valeur manquante."
                )


def _validated(frame: pd.DataFrame, name: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise DataError(_in_french(errors.failure_cases, frame, name)) from None


def _in_french(cases: pd.DataFrame, frame: pd.DataFrame, name: str, most: int = 5) -> str:
    """First failures of a schema as sentences; the rest is counted."""
    lines: list[str] = []
    doubles: dict[str, list[str]] = {}
    for case in cases.to_dict("records"):
        check, column, value = str(case["check"]), case["column"], case["failure_case"]
        row = case["index"]
        where = f"{name}, ligne {int(row) + 2}" if pd.notna(row) else name
        if check == "column_in_dataframe":
            lines.append(f"{name} : la colonne « {value} » manque.")
        elif check == "column_in_schema":
            lines.append(f"{name} : la colonne « {value} » est inconnue.")
        elif check == "multiple_fields_uniqueness":
            if pd.notna(value):
                doubles.setdefault(where, []).append(f"{column} = {value}")
        elif check == "not_nullable":
            lines.append(f"{where}, colonne « {column} » : valeur manquante.")
        else:
            lines.append(f"{where}, colonne « {column} » : {check}, « {value} » lu.")
    lines += [f"{where} : ligne en double ({', '.join(key)})." for where, key in doubles.items()]
    lines = list(dict.fromkeys(lines))
    more = len(lines) - most
    if more > 0:
        lines = [*lines[:most], f"… et {more} autres."]
    return "\n".join(lines)


def _same_communes(name: str, found: pd.Series, communes: pd.DataFrame) -> None:
    """Every commune is there, and no other; otherwise name them."""
    known, here = set(communes.index), set(found)
    unknown = sorted(here - known)
    if unknown:
        line = int(found.eq(unknown[0]).to_numpy().argmax()) + 2
        raise DataError(f"{name}, ligne {line} : commune inconnue ({', '.join(unknown[:5])}).")
    missing = sorted(known - here)
    if missing:
        names = ", ".join(f"{communes.at[code, 'nom']} ({code})" for code in missing[:5])
        more = f" et {len(missing) - 5} autres" if len(missing) > 5 else ""
        raise DataError(f"{name} : communes manquantes : {names}{more}.")


def _check_ages(ages: pd.DataFrame, totaux: pd.DataFrame) -> None:
    """The age table is complete and sums to the official totals."""
    name = "population_age_sexe.csv"
    groups = ages["age"].unique()
    sizes = ages.groupby(["refnis", "annee"]).size()
    expected = pd.MultiIndex.from_product([totaux.index, AGE_YEARS])
    sizes = sizes.reindex(expected, fill_value=0)
    short = sizes[sizes != 2 * len(groups)]
    if not short.empty:
        code, year = short.index[0]
        raise DataError(
            f"{name} : la commune {code} a {short.iloc[0]} lignes en {year} "
            f"au lieu de {2 * len(groups)}."
        )
    sums = ages.groupby(["refnis", "annee"])["population"].sum().unstack()
    for year in AGE_YEARS:
        wrong = sums.index[sums[year] != totaux[year].reindex(sums.index)]
        if len(wrong):
            code = wrong[0]
            raise DataError(
                f"{name} : en {year}, les âges de la commune {code} font "
                f"{sums.at[code, year]} habitants, le total officiel {totaux.at[code, year]}."
            )


def read_zoning(
    name: str, folder: Path = GEODATA, version: str = ""
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Rows and description of a zoning of ``decoupages/``.

    Parameters
    ----------
    name : "ols", "bassins", …
    folder : where ``decoupages/`` lies
    version : name of the files, when it is not that of the zoning
    """
    stem = f"decoupages/{version or name}"
    rows = read(f"{stem}.csv", folder, like=f"decoupages/{name}.csv")
    try:
        about = tomllib.loads((folder / f"{stem}.toml").read_text("utf-8"))
    except OSError:
        raise DataError(f"{stem}.toml : fichier introuvable.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{stem}.toml : illisible ({error}).") from None
    about = {key: str(value) for key, value in about.items()}
    check_description(f"{stem}.toml", about, ZONING_LEVELS[name])
    return rows, about


def check_description(file: str, about: dict[str, str], level: str) -> None:
    """Refuse the description of a zoning that lacks a key or has an unknown status."""
    missing = [key for key in ZONING_KEYS if not about.get(key, "").strip()]
    if missing:
        raise DataError(f"{file} : il manque {', '.join(missing)}.")
    if about["niveau"] != level:
        raise DataError(f"{file} : niveau doit être {level}.")
    if about["statut"] not in ZONING_STATES:
        raise DataError(f"{file} : statut doit être {', '.join(ZONING_STATES)}.")


def fingerprint(folder: Path = GEODATA) -> str:
    """Version of the data: the label in ``VERSION`` and eight digits of the files' sha256."""
    digest = hashlib.sha256()
    for name in sorted(SCHEMAS):
        digest.update((folder / name).read_bytes())
    try:
        label = (folder / "VERSION").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise DataError("VERSION : fichier introuvable ou illisible.") from None
    return f"{label}-{digest.hexdigest()[:8]}"


def row_counts(facts: Facts) -> dict[str, int]:
    """Rows of each table that makes the version of the data."""
    return {name: len(read(name, facts.folder)) for name in SCHEMAS}


@remembered(maxsize=4)
def load(folder: Path = GEODATA) -> Facts:
    """All tables of a folder; over the shipped one lies the local layer.

    The zonings of the layer take the place of the shipped ones; a card of the layer brings its
    own values.

    Raises
    ------
    DataError
        If anything is wrong. Nothing is half-loaded.
    """
    facts = shipped(folder)
    layer = local.fingerprint() if folder == GEODATA else ""
    if not layer:
        return facts
    from olsdata.local import indicators, zonings

    return replace(
        facts,
        locales=indicators.load(),
        decoupages=facts.decoupages | zonings.adopted(),
        version=f"{facts.version}~{layer}",
    )


@lru_cache(maxsize=4)
def shipped(folder: Path = GEODATA) -> Facts:
    """All tables of a folder as they lie there, checked alone and against each other.

    Raises
    ------
    DataError
        If anything is wrong. Nothing is half-loaded.
    """
    communes = read("communes.csv", folder).set_index("refnis")
    secteurs = read("secteurs.csv", folder)
    sections = read("sections.csv", folder)
    ages = read("population_age_sexe.csv", folder)
    totals = read("population_totale.csv", folder)
    indicators = read("indicateurs.csv", folder)
    pharmacies = read("pharmacies.csv", folder)
    _check_rows(communes, secteurs)
    _check_columns(indicators, pharmacies)
    for name, found in {
        "secteurs.csv": secteurs["refnis"],
        "sections.csv": sections["refnis"],
        "population_age_sexe.csv": ages["refnis"],
        "population_totale.csv": totals["refnis"],
        "indicateurs.csv": indicators["refnis"],
        "pharmacies.csv": pharmacies["refnis"],
    }.items():
        _same_communes(name, found, communes)
    totaux = totals.pivot(index="refnis", columns="annee", values="population")
    for year in TOTAL_YEARS:
        if year not in totaux or totaux[year].isna().any():
            gaps = totaux.index[totaux[year].isna()] if year in totaux else totaux.index
            names = ", ".join(f"{communes.at[code, 'nom']} ({code})" for code in gaps[:5])
            raise DataError(f"population_totale.csv : l’année {year} est incomplète : {names}.")
    totaux = totaux.astype("int64")
    _check_ages(ages, totaux)
    _check_sections(secteurs, sections)
    structures = read("structures.csv", folder)
    coverage = read("structures_couverture.csv", folder)
    _check_coverage(structures, coverage, communes)
    return Facts(
        folder=folder,
        communes=communes,
        secteurs=secteurs.set_index("secteur"),
        sections=sections.set_index("section"),
        ages=ages,
        totaux=totaux,
        indicateurs=indicators.set_index("refnis").join(pharmacies.set_index("refnis")),
        decoupages={name: read_zoning(name, folder) for name in ZONING_LEVELS},
        structures=structures.set_index("id"),
        couverture=coverage,
        totaux_structures=read("structures_totaux.csv", folder),
        liens=read("structures_liens.csv", folder),
        version=fingerprint(folder),
    )


def _check_rows(communes: pd.DataFrame, secteurs: pd.DataFrame) -> None:
    """Refuse a list of communes or of sectors that stops too soon."""
    absent = sorted(set(secteurs["refnis"]) - set(communes.index))
    if len(communes) < COMMUNES:
        codes = f" ; il manque {', '.join(absent[:5])}" if absent else ""
        raise DataError(f"communes.csv : {len(communes)} communes au lieu de {COMMUNES}{codes}.")
    if len(secteurs) != SECTORS:
        raise DataError(
            f"secteurs.csv, ligne {len(secteurs) + 1} : le fichier s’arrête à {len(secteurs)} "
            f"secteurs au lieu de {SECTORS}."
        )


def _check_columns(indicators: pd.DataFrame, pharmacies: pd.DataFrame) -> None:
    """No communal figure has the name of another, nor of a count of the population tables."""
    for name, frame in (("indicateurs.csv", indicators), ("pharmacies.csv", pharmacies)):
        reserved = [column for column in frame if column.startswith("pop_")]
        if reserved:
            raise DataError(
                f"{name}, ligne 1 : la colonne « {reserved[0]} » se calcule dans les tables de "
                "population."
            )
    twice = sorted(set(indicators) & set(pharmacies) - {"refnis"})
    if twice:
        raise DataError(f"pharmacies.csv : « {twice[0]} » est déjà dans indicateurs.csv.")


def _check_sections(secteurs: pd.DataFrame, sections: pd.DataFrame) -> None:
    expected = secteurs.drop_duplicates("section").set_index("section")["refnis"]
    named = sections.set_index("section")["refnis"]
    wrong = sorted(set(expected.items()) ^ set(named.items()))
    if wrong:
        raise DataError(
            f"sections.csv : la section {wrong[0][0]} ne concorde pas avec secteurs.csv."
        )


def _check_coverage(
    structures: pd.DataFrame, coverage: pd.DataFrame, communes: pd.DataFrame
) -> None:
    """Every pair names a known structure and a known commune; so does every seat."""
    for name, column, found, known in (
        ("structures_couverture.csv", "structure", coverage["structure"], structures["id"]),
        ("structures_couverture.csv", "refnis", coverage["refnis"], communes.index),
        ("structures.csv", "siege_refnis", structures["siege_refnis"].dropna(), communes.index),
    ):
        wrong = found[~found.isin(known)]
        if not wrong.empty:
            raise DataError(
                f"{name}, ligne {int(str(wrong.index[0])) + 2}, colonne « {column} » : "
                f"« {wrong.iloc[0]} » est inconnu."
            )
