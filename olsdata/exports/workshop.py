"""What a room takes home, as documents: the record of a workshop, a fiche mandat."""

from __future__ import annotations

from olsdata import words
from olsdata.exports import seen as pictures
from olsdata.exports.document import (
    Block,
    Bullets,
    Columns,
    Document,
    Frame,
    Heading,
    Paragraph,
    Strong,
    Text,
    Tint,
)
from olsdata.notes import lists as note_lists
from olsdata.notes.actors import Actor
from olsdata.territory import find as zone
from olsdata.workshops import book, ideas, lists, voices
from olsdata.workshops.book import Workshop
from olsdata.workshops.ideas import Hypothesis, Step
from olsdata.workshops.mandates import Mandate
from olsdata.workshops.voices import Voice

NOTHING = "Rien n’a été noté."
TINTS: dict[str, Tint] = {"soft": "savoir", "warm": "vecu"}
UNSORTED = "Notes non triées"


def record(actor: Actor, id_: str, drawn: bool = True) -> Document:
    """What the workshop saw, said, understood, supposed and chose; only what the room saw.

    Parameters
    ----------
    drawn : whether the pictures are there, and not only their sentences

    Raises
    ------
    DeniedError, DataError
        If there is no such workshop that the actor may read.
    """
    held = book.get(actor, id_)
    said = voices.find(actor, id_)
    supposed, chosen = ideas.hypotheses(actor, id_), ideas.steps(actor, id_)
    blocks: list[Block] = [
        *_people(held),
        *_seen(held, drawn),
        *_said(held, said),
        *_supposed(held, supposed, said),
        *_chosen(chosen, supposed),
        *_missing(held, said, supposed, chosen),
    ]
    return Document(
        title=f"Compte rendu : {held.plan.title}",
        subtitle=f"Atelier du {words.day(held.plan.date)} · {held.place_label} · "
        f"{zone(held.ols).title}",
        badges=(lists.STATES[held.state],) if held.state != lists.CLOSED else (),
        footer=f"Compte rendu d’atelier, {words.day(held.plan.date)}",
        blocks=tuple(blocks),
    )


def stem(held: Workshop) -> str:
    """Name of the files, without their end.

    Examples
    --------
    >>> from olsdata.workshops.book import Plan, Workshop
    >>> stem(Workshop("a1", "06", Plan("Été", "06", "2026-11-21"), "", "clos", "", 0, (), (),
    ...               "", "", "", "", 1))
    'atelier-06-2026-11-21'
    """
    return f"atelier-{held.ols}-{held.plan.date}"


def _people(held: Workshop) -> list[Block]:
    def line(name: str, roles: tuple[str, ...], text: str) -> Text:
        who = words.listing([note_lists.AUTHORS[r] for r in roles if r in note_lists.AUTHORS])
        said = " ; ".join(filter(None, [who, text.replace("\n", " ")]))
        return (Strong(f"{name} : "), said or "non précisé")

    return [
        Heading("Qui était là"),
        Bullets(
            (
                line("Représentés", held.represented, held.present),
                line("Manquaient", held.absent, held.missing),
            )
        ),
    ]


def _seen(held: Workshop, drawn: bool) -> list[Block]:
    found: list[Block] = [Heading("Ce que nous avons vu")]
    seen = [p for p in held.plan.pictures if p.seen is not None]
    for picture in seen:
        assert picture.seen is not None
        about = (
            *(pictures.blocks(picture, held.ols) if drawn else ()),
            Paragraph(picture.seen.sentence),
            Paragraph(
                f"{picture.seen.source} Données version {picture.seen.version}, vues le "
                f"{words.day(picture.seen.at[:10])}.",
                "source",
            ),
        )
        found.append(Heading(words.spaced(picture.title), 2))
        # One column: a picture and its words stay on one page.
        found += [Columns((about,), (1.0,))] if drawn else about
    return found if seen else [*found, Paragraph("Aucune image n’a été montrée.")]


def _said(held: Workshop, said: list[Voice]) -> list[Block]:
    found: list[Block] = [Heading("Ce que nous avons dit")]
    for reading, name in {**lists.READINGS, "": UNSORTED}.items():
        mine = [v for v in said if v.reading == reading]
        if mine:
            found.append(Heading(f"{name} ({len(mine)})", 2))
        found += [_voice(held, v) for v in mine]
    return found if said else [*found, Paragraph(NOTHING)]


def _voice(held: Workshop, said: Voice) -> Block:
    picture = held.picture(said.picture)
    facts = [
        lists.KINDS.get(said.kind, ""),
        note_lists.AUTHORS.get(said.author, ""),
        lists.ORIGINS[said.origin],
        f"à propos de : {picture.title}" if picture else "",
        "gardé comme note de terrain" if said.note else "",
    ]
    return Frame(
        (
            Paragraph(f"«\xa0{said.text}\xa0»"),
            Paragraph(words.spaced(" · ".join(filter(None, facts))), "source"),
        ),
        TINTS.get(said.kind, ""),
    )


def _supposed(held: Workshop, found: list[Hypothesis], said: list[Voice]) -> list[Block]:
    blocks: list[Block] = [Heading("Ce que nous supposons")]
    texts = {v.id: f"«\xa0{v.text}\xa0»" for v in said}
    for hypothesis in found:
        pictures = (held.picture(id_) for id_ in hypothesis.pictures)
        rests = [texts[v] for v in hypothesis.voices if v in texts]
        rests += [words.spaced(p.title) for p in pictures if p]
        blocks.append(
            Paragraph(
                (
                    Strong("Nous pensons que "),
                    f"{hypothesis.belief} ",
                    Strong("parce que "),
                    hypothesis.reason,
                )
            )
        )
        if rests:
            blocks.append(Bullets(tuple(rests)))
    return blocks if found else [*blocks, Paragraph(NOTHING)]


def _chosen(found: list[Step], supposed: list[Hypothesis]) -> list[Block]:
    blocks: list[Block] = [Heading("Notre premier pas")]
    beliefs = {h.id: h.belief for h in supposed}
    for step in found:
        where = words.listing(list(step.bassin_labels)) or "aucun bassin précisé"
        lines: list[Text] = [
            (Strong("Qui : "), step.who),
            (Strong("Où : "), where),
            (Strong("Axe : "), lists.AXES[step.axis]),
            (Strong("Pour quand : "), words.day(step.by_when)),
        ]
        if step.hypothesis in beliefs:
            lines.append((Strong("Met à l’épreuve : "), beliefs[step.hypothesis]))
        if step.rootless:
            lines.append((Strong("À discuter : "), ideas.ROOTLESS))
        blocks += [Paragraph((Strong(step.result),)), Bullets(tuple(lines))]
    return blocks if found else [*blocks, Paragraph("Aucun premier pas n’a été choisi.")]


def _missing(
    held: Workshop, said: list[Voice], supposed: list[Hypothesis], chosen: list[Step]
) -> list[Block]:
    """What this record does not hold: a reader must not take silence for agreement."""
    kinds = {v.kind for v in said}
    gaps = [
        "Aucun vécu n’a été noté : que vivent les gens ?" if "warm" not in kinds else "",
        "Rien n’a été noté comme manquant." if "manque" not in {v.reading for v in said} else "",
        "Les notes ne sont pas toutes triées." if any(not v.reading for v in said) else "",
        "Qui manquait n’a pas été dit." if not (held.absent or held.missing) else "",
        "" if supposed else "Aucune hypothèse : le premier pas n’en met aucune à l’épreuve.",
        "" if chosen else "Pas encore de premier pas.",
    ]
    left = tuple(words.spaced(g) for g in gaps if g)
    if not left:
        return []
    return [Heading("Ce que ce compte rendu ne dit pas"), Bullets(left)]


def mandate(held: Mandate) -> Document:
    """A fiche mandat: its twelve fields; those that are empty say so."""
    blocks: list[Block] = []
    group = ""
    for name, (part, label, _) in lists.MANDATE_FIELDS.items():
        if part != group:
            blocks.append(Heading(part))
            group = part
        text = held.fields.get(name, "")
        blocks += [Heading(label, 2), Paragraph(text or "À écrire ensemble.")]
    return Document(
        title=f"Fiche mandat : {held.title}",
        subtitle=zone(held.ols).title,
        footer="Fiche mandat",
        blocks=tuple(blocks),
    )
