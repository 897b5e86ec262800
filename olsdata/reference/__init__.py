"""The reform's own models, made readable: themes, blocks and the documents they rest on.

A theme is a fold of the page « Repères », a block one picture or table of it. Sentences are ours;
each block names its source documents, and says when a picture was lost and rebuilt from the text.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from olsdata.tables import GEODATA, DataError
from olsdata.words import folded

FOLDER = Path(__file__).parent
FACTS = GEODATA / "reperes"
ORDER = ("systeme", "flux", "missions", "structures", "determinants", "contradictions")
"""Themes, in the order of the page."""

STATES = {
    "écrit": "le contenu est dans les documents",
    "reconstruit": "figure reconstruite à partir du texte",
    "absent": "la figure est perdue, et le texte n’en dit pas assez",
}

UNFOLDED = 2
"""Blocks of a theme that are open when it is chosen, unless it says otherwise: two screens."""


@dataclass(frozen=True)
class Document:
    """A source document: who says it, and when; ``short``, both in a few words for a table."""

    id: str
    title: str
    short: str
    date: str

    @property
    def line(self) -> str:
        """Title and date, as a source line ends."""
        return f"{self.title} ({self.date})"


@dataclass(frozen=True)
class Block:
    """A picture or a table of a theme.

    Attributes
    ----------
    covers : marks of the items of the source documents that it gives (« F07 », « C19 »)
    state : a key of ``STATES``
    drawing : what the page draws, "" for a table alone
    columns, rows : the table, or the picture's text twin; rows as long as ``columns``
    pages : page of the dashboard and what the link says
    """

    id: str
    covers: tuple[str, ...]
    title: str
    state: str
    documents: tuple[Document, ...]
    text: str
    drawing: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    limits: str = ""
    pages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Theme:
    """A part of the page: a question and its blocks, the first ``unfolded`` of them open."""

    id: str
    title: str
    question: str
    blocks: tuple[Block, ...]
    unfolded: int


@lru_cache(maxsize=1)
def documents() -> dict[str, Document]:
    """Source documents by id."""
    found = _toml(FOLDER / "documents.toml")
    return {id_: Document(id_, d["titre"], d["court"], d["date"]) for id_, d in found.items()}


@lru_cache(maxsize=1)
def themes() -> dict[str, Theme]:
    """Themes by id, in the order of the page.

    Raises
    ------
    DataError
        If a block lacks something, or names a document that is not declared.
    """
    return {id_: _theme(FOLDER / "themes" / f"{id_}.toml") for id_ in ORDER}


def items() -> dict[str, tuple[str, str]]:
    """Where each item of the source documents is: its theme and its block."""
    return {
        item: (theme.id, block.id)
        for theme in themes().values()
        for block in theme.blocks
        for item in block.covers
    }


@lru_cache(maxsize=16)
def facts(name: str) -> pd.DataFrame:
    """A table of ``geodata/reperes``, every cell a text ("" when empty).

    Parameters
    ----------
    name : file without its ending: "decret_articles", "contradictions", "comparateurs", …

    Raises
    ------
    DataError
        If the file is missing.
    """
    path = FACTS / f"{name}.csv"
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, pd.errors.ParserError) as error:
        raise DataError(f"« {path.name} » manque ou est illisible.") from error


def articles(word: str = "", actor: str = "") -> pd.DataFrame:
    """Articles of the decree that hold a word and concern an actor.

    Parameters
    ----------
    word : part of the summary, theme or number; case and accents do not count
    actor : a value of the column ``acteur``, or "" for all

    Returns
    -------
    Columns article, code, acteur, theme, resume.
    """
    found = facts("decret_articles")
    if actor:
        found = found[found["acteur"] == actor]
    if word.strip():
        whole = found[["article", "code", "theme", "resume"]].agg(" ".join, axis=1)
        found = found[whole.map(folded).str.contains(folded(word.strip()), regex=False)]
    return found


def faults() -> list[str]:
    """What is wrong in the themes, the flows and the glossary, one French sentence each."""
    from olsdata.reference import flows, glossary

    found: list[str] = []
    try:
        themes()
    except DataError as error:
        found += str(error).splitlines()
    return found + flows.faults() + glossary.faults()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"« {path.name} » manque ou est illisible : {error}.") from error


def _theme(path: Path) -> Theme:
    found = _toml(path)
    blocks = tuple(_block(raw, path.stem) for raw in found.get("fiche", []))
    if not blocks:
        raise DataError(f"Le thème « {path.stem} » n’a aucune fiche.")
    return Theme(
        found["id"], found["titre"], found["question"], blocks, found.get("ouvertes", UNFOLDED)
    )


def _block(raw: dict[str, Any], theme: str) -> Block:
    where = f"Thème « {theme} », fiche « {raw.get('id', '?')} »"
    needed = ("id", "couvre", "titre", "etat", "documents", "texte")
    faults = [f"{where} : « {key} » manque." for key in needed if not raw.get(key)]
    if raw.get("etat") not in STATES:
        faults.append(f"{where} : état inconnu (« {raw.get('etat')} »).")
    unknown = [d for d in raw.get("documents", []) if d not in documents()]
    faults += [f"{where} : document non déclaré (« {d} »)." for d in unknown]
    columns = tuple(raw.get("colonnes", ()))
    rows = tuple(tuple(row) for row in raw.get("lignes", ()))
    if any(len(row) != len(columns) for row in rows):
        faults.append(f"{where} : une ligne n’a pas {len(columns)} cases.")
    if faults:
        raise DataError("\n".join(faults))
    return Block(
        raw["id"],
        tuple(raw["couvre"]),
        raw["titre"],
        raw["etat"],
        tuple(documents()[d] for d in raw["documents"]),
        raw["texte"],
        raw.get("dessin", ""),
        columns,
        rows,
        raw.get("limites", ""),
        dict(raw.get("pages", {})),
    )
