"""What the field shares, as blocks of a document that leaves: never more than « iwpl »."""

from __future__ import annotations

from dataclasses import dataclass

from olsdata import catalogue, phrases, words
from olsdata.exports import document as doc
from olsdata.exports.document import Block, Tint
from olsdata.notes import book, lists, places
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note
from olsdata.territory import Zone

MOST = 40
"""Records of one sort that are written; the others are counted."""

TINTS: dict[str, Tint] = {"soft": "savoir", "warm": "vecu"}
_SORTS = ("note", "besoin", "signal")


@dataclass(frozen=True)
class Shared:
    """Records shared with the IWPL that the actor may read, the latest first.

    Attributes
    ----------
    notes : sort → its records
    """

    notes: dict[str, tuple[Note, ...]]

    @property
    def count(self) -> int:
        """How many there are, all sorts together."""
        return sum(len(notes) for notes in self.notes.values())


def shared(actor: Actor, zone: Zone) -> Shared:
    """What may leave about a territory.

    Raises
    ------
    DeniedError
        If the role may not read.
    """
    found = book.find(actor, place=zone.id, visibility="iwpl", limit=None).notes
    return Shared({sort: tuple(n for n in found if n.content.sort == sort) for sort in lists.SORTS})


def blocks(given: Shared) -> tuple[Block, ...]:
    """The part « Ce que dit le terrain »."""
    start: tuple[Block, ...] = (
        doc.Heading("Ce que dit le terrain"),
        doc.Paragraph(words.spaced(phrases.text("portrait_terrain"))),
    )
    if not any(given.notes[sort] for sort in _SORTS):
        return (*start, doc.Frame((doc.Paragraph(phrases.text("portrait_sans_note")),), "hachure"))
    return (*start, *of_sorts(given, _SORTS))


def of_sorts(given: Shared, sorts: tuple[str, ...]) -> tuple[Block, ...]:
    """Records of some sorts, a frame each."""
    made: list[Block] = []
    for sort in sorts:
        notes = given.notes[sort]
        if notes:
            made.append(doc.Heading(f"{lists.SORTS[sort]} ({len(notes)})", 2))
        made += [_frame(note) for note in notes[:MOST]]
        if len(notes) > MOST:
            left = words.plural(len(notes) - MOST, "autre est", "autres sont")
            made.append(doc.Paragraph(f"{left} dans l’outil.", "source"))
    return tuple(made)


def _frame(note: Note) -> Block:
    """A record: what is said, then what is known about it."""
    said = note.content
    place = places.known().get(said.place)
    about = catalogue.cards()[said.indicator].title if said.indicator in catalogue.cards() else ""
    facts = [
        lists.KINDS.get(said.kind, "") if said.sort == "note" else "",
        place.title if place else note.place_label,
        about or lists.THEMES.get(said.theme, ""),
        lists.DIRECTIONS[said.direction] if about and said.sort == "note" else "",
        f"confiance {lists.CONFIDENCE[said.confidence].lower()}" if said.sort == "note" else "",
        lists.VOICES[said.voices].lower() if said.sort == "note" else "",
        lists.OBSTACLES[said.obstacle] if said.sort == "besoin" else "",
        lists.STATUS[said.sort][note.status] if said.sort in lists.STATUS else "",
        lists.AUTHORS.get(said.author, said.author),
        words.day(said.date),
    ]
    return doc.Frame(
        (
            doc.Paragraph(said.text),
            doc.Paragraph(words.spaced(" · ".join(filter(None, facts))), "source"),
        ),
        TINTS.get(said.kind, "") if said.sort == "note" else "",
    )
