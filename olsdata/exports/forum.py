"""The compiled file for the Forum: what every OLS shared, by obstacle, with what is not said.

The facts are gathered at once, as plain texts; the workbook and the document say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from olsdata import tables, territory, words
from olsdata.exports import document as doc
from olsdata.exports import needs as sent
from olsdata.exports.needs import NO_LEVEL, Sent, french, place_name
from olsdata.exports.workbook import Cell, workbook
from olsdata.notes import gatherings, lists, places
from olsdata.notes.actors import EXPORT, Actor, require
from olsdata.notes.book import Note
from olsdata.notes.gatherings import Shared
from olsdata.territory import WALLONIE

READ_ME = Path(__file__).with_name("forum.md")
TITLE = "Besoins partagés par les OLS, pour le Forum"

LEVELS = lists.SIGNAL_LEVELS | {"": NO_LEVEL}
OBSTACLE_HEADS = ("Obstacle", *LEVELS.values(), "Ensemble", "Avec réponse", "Sans réponse")
GROUP_HEADS = ("Regroupement", "Besoins", "OLS", "Besoins regroupés", "Fait le")
NOTE_HEADS = (
    "OLS", "Lieu", "Note", "Genre", "Sens", "Confiance", "Voix", "Thème", "Derrière le besoin",
    "Date",
)  # fmt: skip

Step = Callable[[float, str], None]
"""Called as the work goes on: share done, what is being done."""


@dataclass(frozen=True)
class Compiled:
    """What goes to the Forum, in texts.

    Attributes
    ----------
    sent : besoins and signals of every OLS, as each OLS sends its own
    obstacles : kind of obstacle × level able to act, counts of besoins
    groups : what a person put together: title, OLS, what each besoin says, day
    notes : shared notes that stand behind a besoin
    unsaid : what this file does not say
    sources : where it comes from
    """

    sent: Sent
    obstacles: tuple[tuple[Cell, ...], ...]
    groups: tuple[tuple[str, str, tuple[str, ...], str], ...]
    notes: tuple[tuple[Cell, ...], ...]
    unsaid: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def stem(self) -> str:
        """Name of the files, without their end."""
        start = "exemple-fictif-" if self.sent.fictional else ""
        return f"{start}forum-besoins-{self.sent.day}"


def compile_(actor: Actor, fictional: bool = False, step: Step | None = None) -> Compiled:
    """Gather what every OLS shares with the IWPL, as far as the actor may read it.

    Parameters
    ----------
    fictional : whether it comes from the example
    step : told how far the work is

    Raises
    ------
    DeniedError
        If the role may not export.
    """
    require(actor, EXPORT)
    tell = step or (lambda share, what: None)
    tell(0.1, "Lecture des besoins et des signaux partagés")
    found = gatherings.shared(actor)
    base = sent.gather(actor, WALLONIE, "Wallonie, toutes les OLS", fictional)
    tell(0.4, "Rangement par obstacle et par niveau")
    labels = {id_: places.known()[id_].title for id_ in places.all_ols()}
    rows = tuple(
        sent.need_row(n, labels)
        for levels in gatherings.by_obstacle(found.needs).values()
        for needs in levels.values()
        for n in needs
    )
    tell(0.7, "Regroupements et notes")
    return Compiled(
        sent=Sent(base.title, base.day, rows, base.signals, base.by_ols, fictional),
        obstacles=_obstacles(found.needs),
        groups=tuple(
            (
                group.title,
                words.listing(list(dict.fromkeys(labels.get(n.ols, n.ols) for n in group.needs))),
                tuple(f"{place_name(n)} : {n.content.text}" for n in group.needs),
                french(group.updated),
            )
            for group in gatherings.listing(actor)
        ),
        notes=_notes(found, labels),
        unsaid=tuple(_unsaid(found, labels)),
        sources=tuple(_sources(fictional)),
    )


def _obstacles(needs: list[Note]) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[Cell, ...]] = []
    for obstacle, levels in gatherings.by_obstacle(needs).items():
        mine = [n for found in levels.values() for n in found]
        answered = sum(n.status in lists.ANSWERED for n in mine)
        counts = [len(levels[level]) for level in LEVELS]
        name = lists.OBSTACLES[obstacle]
        rows.append((name, *counts, len(mine), answered, len(mine) - answered))
    return tuple(rows)


def _notes(found: Shared, labels: dict[str, str]) -> tuple[tuple[Cell, ...], ...]:
    """Shared notes behind a besoin, each once, with the besoins that it stands behind."""
    held: dict[str, list[Note]] = {}
    for need in found.needs:
        for note in gatherings.behind(need, found.notes):
            held.setdefault(note.id, []).append(need)
    return tuple(
        (
            labels.get(note.ols, note.ols),
            place_name(note),
            note.content.text,
            lists.KINDS.get(note.content.kind, ""),
            lists.DIRECTIONS.get(note.content.direction, ""),
            lists.CONFIDENCE.get(note.content.confidence, ""),
            lists.VOICES.get(note.content.voices, ""),
            lists.THEMES.get(note.content.theme, ""),
            " / ".join(n.content.text for n in held[note.id]),
            french(note.content.date),
        )
        for note in found.notes
        if note.id in held
    )


def _unsaid(found: Shared, labels: dict[str, str]) -> list[str]:
    """What this file does not say, so that nobody reads more into it."""
    lines = []
    if found.silent:
        names = ", ".join(labels[i] for i in found.silent)
        lines.append(
            f"Rien n’est partagé par : {names}. Cela ne veut pas dire que rien n’y manque."
        )
    lines.append(
        "Ce que les OLS gardent pour elles n’est pas ici, et leur nombre de besoins non partagés "
        "n’est pas connu."
    )
    without = sum(not n.content.level for n in found.needs)
    if without:
        lines.append(
            f"{words.plural(without, 'besoin')} sans niveau capable d’agir : personne ne l’a "
            "encore dit."
        )
    lines.append(
        "Un nombre de besoins dit ce qui a été relevé, pas la fréquence ni la gravité ; il ne "
        "compare pas les territoires."
    )
    lost = sum(n.lost for n in found.needs)
    if lost:
        lines.append(
            f"{words.plural(lost, 'besoin')} dont le lieu n’existe plus dans les découpages en "
            "vigueur."
        )
    return lines


def _sources(fictional: bool) -> list[str]:
    if fictional:
        return ["Exemple fictif : ni les lieux, ni les textes n’existent."]
    lines = ["Besoins, signaux et notes : écrits et partagés par les OLS dans ce tableau de bord."]
    for level in ("ols", "bassin"):
        zoning = territory.zoning_of(level)
        lines.append(f"{zoning.label} : {zoning.source} ({zoning.status}).")
    return [*lines, f"Données, version {tables.load().version}."]


def _lines(found: Compiled) -> list[str]:
    """What the reader must know first."""
    start = [sent.FICTION] if found.sent.fictional else []
    counts = (
        f"{words.plural(len(found.sent.needs), 'besoin')}, "
        f"{words.plural(len(found.sent.signals), 'signal', 'signaux')}, "
        f"{words.plural(len(found.groups), 'regroupement')}."
    )
    return [
        *start,
        f"Toutes les OLS. Établi le {french(found.sent.day)}. {counts}",
        *READ_ME.read_text("utf-8").strip().splitlines(),
    ]


# --- Workbook -------------------------------------------------------------------------------------


def to_xlsx(found: Compiled) -> bytes:
    """The workbook: « À lire », besoins, obstacles, groups, signals, notes, OLS; no formula."""
    lines = _lines(found)
    lines += ["Ce que ce fichier ne dit pas", *found.unsaid, "Sources", *found.sources]
    needs, signals, by_ols = sent.sheets(found.sent)
    groups = tuple(
        (title, len(texts), ols, "\n".join(texts), day) for title, ols, texts, day in found.groups
    )
    return workbook(
        TITLE,
        lines,
        [
            needs,
            ("Par obstacle", OBSTACLE_HEADS, found.obstacles),
            ("Regroupements", GROUP_HEADS, groups),
            signals,
            ("Notes", NOTE_HEADS, found.notes),
            by_ols,
        ],
    )


# --- Document -------------------------------------------------------------------------------------


def to_docx(found: Compiled) -> bytes:
    """The document, editable: the same facts, a besoin per paragraph."""
    from olsdata.exports import word

    return word.to_docx(as_document(found))


def as_document(found: Compiled) -> doc.Document:
    """The document in neutral terms."""
    blocks: list[doc.Block] = [doc.Heading("À lire d’abord")]
    blocks += [doc.Paragraph(line) for line in _lines(found)]
    blocks += [
        doc.Heading("Besoins par obstacle et par niveau capable d’agir"),
        doc.Table(
            "Nombre de besoins partagés",
            OBSTACLE_HEADS,
            tuple(tuple(str(cell) for cell in row) for row in found.obstacles),
            (3.0, *(1.0,) * (len(OBSTACLE_HEADS) - 1)),
            tuple(range(1, len(OBSTACLE_HEADS))),
        ),
    ]
    blocks += _groups(found)
    column = sent.NEED_HEADS.index("Obstacle")
    for obstacle in lists.OBSTACLES.values():
        mine = [row for row in found.sent.needs if row[column] == obstacle]
        if mine:
            blocks += [doc.Heading(f"Obstacle : {obstacle[0].lower()}{obstacle[1:]}", 1)]
            blocks += _records(sent.NEED_HEADS, mine, NO_LEVEL)
    if not found.sent.needs:
        blocks.append(doc.Paragraph("Aucun besoin n’est partagé."))
    blocks.append(doc.Heading("Signaux"))
    blocks += _records(sent.SIGNAL_HEADS, list(found.sent.signals))
    if not found.sent.signals:
        blocks.append(doc.Paragraph("Aucun signal n’est partagé."))
    blocks.append(doc.Heading("Notes qui sont derrière ces besoins"))
    blocks += _records(NOTE_HEADS, list(found.notes))
    if not found.notes:
        blocks.append(doc.Paragraph("Aucune note partagée n’a le thème et le lieu d’un besoin."))
    blocks += [doc.Heading("Ce que ce document ne dit pas"), doc.Bullets(found.unsaid)]
    blocks += [doc.Heading("Sources"), doc.Bullets(found.sources)]
    return doc.Document(
        title=TITLE,
        subtitle=f"Établi le {french(found.sent.day)}, à partir de ce que les OLS partagent.",
        badges=("Exemple fictif",) if found.sent.fictional else (),
        footer=f"{TITLE}, {french(found.sent.day)}",
        blocks=tuple(blocks),
    )


def _groups(found: Compiled) -> list[doc.Block]:
    if not found.groups:
        return []
    blocks: list[doc.Block] = [doc.Heading("Besoins regroupés par une personne")]
    for title, ols, texts, _ in found.groups:
        lead = f" : {words.plural(len(texts), 'besoin')}, {ols}."
        blocks.append(doc.Paragraph((doc.Strong(title), lead)))
        blocks.append(doc.Bullets(texts))
    return blocks


def _records(
    heads: tuple[str, ...], rows: list[tuple[Cell, ...]], left_out: str = ""
) -> list[doc.Block]:
    """A record each: OLS and place in bold, what is said, then what is known about it."""
    blocks: list[doc.Block] = []
    for row in rows:
        facts = [
            f"{head} : {cell}"
            for head, cell in list(zip(heads, row, strict=True))[3:]
            if cell not in ("", left_out)
        ]
        # A place that is an OLS already names it.
        where = dict.fromkeys(str(part) for part in row[:2] if part)
        head = doc.Strong(" · ".join(where) or "Sans lieu")
        blocks.append(doc.Paragraph((head, f" : {row[2]}")))
        blocks.append(doc.Paragraph(" ; ".join(facts), "source"))
    return blocks
