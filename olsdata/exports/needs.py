"""What goes to the IWPL and to the Forum: shared besoins and signals, as XLSX and as DOCX.

The facts are gathered at once, as plain texts; the files are written only when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from olsdata import words
from olsdata.exports.tables import writable
from olsdata.exports.workbook import Cell, Sheet, workbook
from olsdata.notes import actors, lists, places
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note, find
from olsdata.territory import WALLONIE

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READ_ME = Path(__file__).with_name("a_lire.md")
FICTION = "EXEMPLE FICTIF : rien de ce qui suit n’est réel."

NEED_HEADS = (
    "OLS", "Lieu", "Besoin", "Pour qui", "Ce qui manque", "Obstacle", "Niveau capable d’agir",
    "Thème", "Étape", "Depuis le", "Jours d’attente", "Réponse", "Relevé par", "Date",
)  # fmt: skip
SIGNAL_HEADS = (
    "OLS", "Lieu", "Signal", "Niveau", "Étape", "Depuis le", "Jours d’attente", "Réponse",
    "Relevé par", "Date",
)  # fmt: skip

NO_LEVEL = "Pas encore identifié"
"""Level able to act, when nobody has said it."""


@dataclass(frozen=True)
class Sent:
    """What is sent, in texts.

    Attributes
    ----------
    title : of the territory
    day : ISO day on which it was gathered
    needs, signals : one row per record, in the order of ``NEED_HEADS`` and ``SIGNAL_HEADS``
    by_ols : label of each OLS → number of shared besoins, by status, in official order
    fictional : whether it comes from the example, which every page then says
    """

    title: str
    day: str
    needs: tuple[tuple[Cell, ...], ...]
    signals: tuple[tuple[Cell, ...], ...]
    by_ols: tuple[tuple[Cell, ...], ...]
    fictional: bool = False

    @property
    def stem(self) -> str:
        """Name of the files, without their end."""
        start = "exemple-fictif-" if self.fictional else ""
        return f"{start}besoins-partages-{self.day}"


def gather(actor: Actor, place: str, title: str, fictional: bool = False) -> Sent:
    """Besoins and signals of a place that are shared with the IWPL.

    Parameters
    ----------
    place : "wallonie", or an OLS
    title : name of the place

    Raises
    ------
    DeniedError
        If the role may not export.
    DataError
        If the place does not exist.
    """
    actors.require(actor, actors.EXPORT)
    shared = {
        sort: find(actor, sort=sort, place=place, visibility="iwpl", limit=None).notes
        for sort in ("besoin", "signal")
    }
    labels = {id_: places.known()[id_].title for id_ in places.all_ols()}
    needs = sorted(shared["besoin"], key=lambda n: (n.ols, n.content.place, n.content.date))
    signals = sorted(shared["signal"], key=lambda n: (n.ols, n.content.level, n.content.date))
    here = [
        id_ for id_ in labels if place in (WALLONIE, id_) or place in places.known()[id_].within
    ]
    counts: list[tuple[Cell, ...]] = []
    for id_ in here:
        mine = [n.status for n in needs if n.ols == id_]
        counts.append((labels[id_], len(mine), *(mine.count(s) for s in lists.STATUS["besoin"])))
    return Sent(
        title,
        date.today().isoformat(),
        tuple(need_row(n, labels) for n in needs),
        tuple(signal_row(n, labels) for n in signals),
        tuple(counts),
        fictional,
    )


def place_name(note: Note) -> str:
    """Where a record is; the name it had when the place has disappeared."""
    place = places.known().get(note.content.place)
    return place.title if place else f"{note.place_label} (lieu disparu)".strip()


def _followed(note: Note) -> tuple[Cell, ...]:
    """Status, since when, days waiting, the answers given, who says it, when."""
    last = note.steps[-1].date if note.steps else ""
    said = " / ".join(f"{french(s.date)} : {s.text}" for s in note.steps if s.text)
    waiting: Cell = "" if note.waiting is None else note.waiting
    author = lists.AUTHORS.get(note.content.author, note.content.author)
    status = lists.STATUS[note.content.sort][note.status]
    return (status, french(last), waiting, said, author, french(note.content.date))


def need_row(note: Note, labels: dict[str, str]) -> tuple[Cell, ...]:
    """A besoin, in the order of ``NEED_HEADS``."""
    said = note.content
    return (
        labels.get(note.ols, note.ols),
        place_name(note),
        said.text,
        said.for_whom,
        lists.MISSING[said.missing],
        lists.OBSTACLES[said.obstacle],
        lists.SIGNAL_LEVELS.get(said.level, NO_LEVEL),
        lists.THEMES.get(said.theme, ""),
        *_followed(note),
    )


def signal_row(note: Note, labels: dict[str, str]) -> tuple[Cell, ...]:
    """A signal, in the order of ``SIGNAL_HEADS``."""
    said = note.content
    level = lists.SIGNAL_LEVELS[said.level]
    return (labels.get(note.ols, note.ols), place_name(note), said.text, level, *_followed(note))


def french(iso: str) -> str:
    """A day as it is written in French.

    >>> french("2026-11-21"), french("")
    ('21/11/2026', '')
    """
    return "/".join(reversed(iso[:10].split("-"))) if iso else ""


def _lines(sent: Sent) -> list[str]:
    """What the reader must know first."""
    start = [FICTION] if sent.fictional else []
    start += [f"Territoire : {sent.title}. Établi le {french(sent.day)}."]
    count = words.plural(len(sent.needs), "besoin")
    start.append(f"{count} et {words.plural(len(sent.signals), 'signal', 'signaux')} partagés.")
    return start + READ_ME.read_text("utf-8").strip().splitlines()


# --- Workbook -----------------------------------------------------------------------------------


def to_xlsx(sent: Sent) -> bytes:
    """The workbook: « À lire », « Besoins », « Signaux », « Par OLS »; no cell is a formula."""
    return workbook("Besoins et signaux partagés avec l’IWPL", _lines(sent), sheets(sent))


def sheets(sent: Sent) -> list[Sheet]:
    """The sheets that hold records."""
    heads = ("OLS", "Besoins partagés", *lists.STATUS["besoin"].values())
    return [
        ("Besoins", NEED_HEADS, sent.needs),
        ("Signaux", SIGNAL_HEADS, sent.signals),
        ("Par OLS", heads, sent.by_ols),
    ]


# --- Document -----------------------------------------------------------------------------------


def to_docx(sent: Sent) -> bytes:
    """The document: a besoin per paragraph, by OLS, with its step and the answer given."""
    from docx import Document
    from docx.shared import Pt

    page = Document()
    page.styles["Normal"].font.size = Pt(11)
    page.core_properties.title = "Besoins et signaux partagés avec l’IWPL"
    page.core_properties.author = ""
    page.core_properties.language = "fr-BE"
    page.add_heading("Besoins et signaux partagés avec l’IWPL", 0)
    for line in _lines(sent):
        page.add_paragraph(writable(line))
    for name, heads, rows in (
        ("Besoins non couverts", NEED_HEADS, sent.needs),
        ("Signaux", SIGNAL_HEADS, sent.signals),
    ):
        page.add_heading(name, 1)
        if not rows:
            page.add_paragraph("Aucun n’est partagé.")
        before = ""
        for row in rows:
            if row[0] != before:
                before = str(row[0])
                page.add_heading(writable(before) or "Sans OLS", 2)
            write_record(page, heads, row)
    stream = BytesIO()
    page.save(stream)
    return stream.getvalue()


def write_record(page: Any, heads: tuple[str, ...], row: tuple[Cell, ...]) -> None:
    """A record: place in bold, what is said, then what is known about it."""
    paragraph = page.add_paragraph()
    paragraph.add_run(writable(str(row[1]))).bold = True
    paragraph.add_run(f" : {writable(str(row[2]))}")
    facts = [f"{head} : {row[i]}" for i, head in enumerate(heads) if i > 2 and row[i] != ""]
    page.add_paragraph(writable(" ; ".join(facts)), style="List Bullet")
