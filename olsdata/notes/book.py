"""The book of notes: add, revise, answer, follow, withdraw, erase, find.

Every function takes the actor and refuses what its role may not do. A note that the actor may not
read does not exist for it. Nothing is overwritten: each change appends a revision.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from olsdata import store
from olsdata.notes import actors, guard, lists, places
from olsdata.notes.actors import Actor
from olsdata.notes.content import (
    TEXT_MOST,
    Content,
    as_json,
    checked,
    day,
    differences,
    from_json,
    text,
    texts,
)
from olsdata.tables import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

KIND = "note"
ACTIVE, WITHDRAWN, ERASED = "active", "retire", "efface"
ADDED, CHANGED, MOVED = "ajout", "modification", "étape"
TAKEN_BACK, WIPED, IMPORTED, SET_ASIDE = "retrait", "effacement", "import", "version écartée"


@dataclass(frozen=True)
class Step:
    """A step of a besoin or of a signal: status, ISO day, answer given."""

    status: str
    date: str
    text: str = ""
    author: str = ""


@dataclass(frozen=True)
class Note:
    """A record as it stands; ``revision`` is what every change asks for.

    Attributes
    ----------
    ols : OLS that it belongs to, "" for none
    place_label : name of its place when it was written
    answers_to : id of the note on which it is « un autre regard », or ""
    created, updated : moments in UTC
    """

    id: str
    content: Content
    ols: str
    place_label: str
    status: str
    steps: tuple[Step, ...]
    answers_to: str
    state: str
    revision: int
    created: str
    updated: str

    @cached_property
    def lost(self) -> bool:
        """Whether the zonings in force no longer have its place (« lieux disparus »)."""
        return bool(self.content.place) and self.content.place not in places.known()

    @property
    def to_review(self) -> bool:
        """Whether its date of review has come."""
        return "" < self.content.review_by <= date.today().isoformat()

    @property
    def waiting(self) -> int | None:
        """Days since its first step while it has no answer; None once answered or closed."""
        if not self.steps or self.status in lists.ANSWERED:
            return None
        return _days(self.steps[0].date)


@dataclass(frozen=True)
class Change:
    """One line of a note's history.

    Attributes
    ----------
    changed : field → (before, after); everything in the first line
    place_label : name that its place had then, its id when the name was not kept, "" for no place
    """

    number: int
    action: str
    role: str
    at: str
    content: Content | None
    changed: dict[str, tuple[Any, Any]]
    place_label: str = ""


@dataclass(frozen=True)
class Found:
    """A slice of a list, and how many there are in all."""

    notes: list[Note]
    total: int


@dataclass(frozen=True)
class Erasure:
    """What an erasure left to do.

    Attributes
    ----------
    clean : whether nothing is left in the database file; else erase again later
    copies : backups kept beside the database, made before, which may still hold the text
    """

    clean: bool
    copies: tuple[Path, ...]


class ConflictError(DataError):
    """Someone changed the note in between; both versions are here and none is lost.

    Attributes
    ----------
    current : the note as it stands
    base : what it said when the author opened it, if that is still known
    mine : what the author wanted to keep
    merged : both changes together when they touch different fields, else None
    """

    def __init__(self, current: Note, base: Content | None, mine: Content) -> None:
        self.current, self.base, self.mine = current, base, mine
        theirs = differences(base, current.content) if base else {}
        ours = differences(base, mine) if base else {}
        apart = base is not None and not set(theirs) & set(ours)
        self.merged = (
            replace(current.content, **{name: after for name, (_, after) in ours.items()})
            if apart
            else None
        )
        super().__init__(
            "Cette note a été modifiée entre-temps : les deux versions sont gardées à l’écran, "
            "choisissez avant d’enregistrer."
        )


def _days(iso: str) -> int:
    return max(0, (date.today() - date.fromisoformat(iso)).days)


# --- Writing ------------------------------------------------------------------------------------


def add(
    actor: Actor,
    content: Content,
    confirmed: Collection[str] = (),
    answers_to: str = "",
    form: str = "",
) -> Note:
    """Keep a new note, besoin, signal, opportunity or small victory.

    Parameters
    ----------
    confirmed : doubtful fragments (``Finding.text``) that the author confirms
    answers_to : id of the note on which this is « un autre regard »
    form : draft to drop once the note is kept

    Raises
    ------
    DeniedError
        If the role may not, or the place lies in another OLS.
    RefusedError
        If the guard finds what may designate a person.
    DataError
        If something in it is wrong; every fault is named.
    StoreError
        If the database refuses; nothing is then kept.
    """
    actors.require(actor, actors.ADD)
    content = checked(replace(content, author=_author(actor, content)))
    actors.speaks(actor, content.author)
    actors.shares(actor, content.visibility)
    ols = owner(actor, content.place)
    guard.check(texts(content), confirmed)
    with store.writing() as session:
        if answers_to:
            _check_answer(_row(session, actor, answers_to), content)
        status = lists.FIRST_STATUS.get(content.sort, "")
        row = store.models.Note(
            id=f"n{uuid4().hex}",
            sort=content.sort,
            ols=ols,
            status=status,
            answers_to=answers_to,
            state=ACTIVE,
            revision=0,
            lineage=[],
            created=_now(),
        )
        _fill(row, content)
        if status:
            row.steps = [
                store.models.NoteStep(
                    position=1, status=status, date=content.date, author=content.author
                )
            ]
        session.add(row)
        _seal(session, row, ADDED, content.author)
        _drop_draft(session, actor, form)
        return note_of(row)


def answer(actor: Actor, id_: str, content: Content, confirmed: Collection[str] = ()) -> Note:
    """« Un autre regard »: a note beside another, on the same subject; never merged.

    The place, indicator and theme of the answered note are taken when the answer gives none.

    Raises
    ------
    DeniedError, RefusedError, DataError, StoreError
        As ``add``; and when the answer would be shared while the answered note is not.
    """
    seen = get(actor, id_).content
    if not (content.place or content.indicator or content.theme):
        content = replace(content, place=seen.place, indicator=seen.indicator, theme=seen.theme)
    return add(actor, replace(content, sort="note"), confirmed, answers_to=id_)


def revise(
    actor: Actor,
    id_: str,
    content: Content,
    seen: int,
    confirmed: Collection[str] = (),
    form: str = "",
) -> Note:
    """Change a note; what it said before stays in its history.

    Parameters
    ----------
    seen : revision that the author was looking at

    Raises
    ------
    ConflictError
        If someone changed it in between; both versions are in the exception.
    DeniedError, RefusedError, DataError, StoreError
        As ``add``.
    """
    actors.require(actor, actors.REVISE)
    before = get(actor, id_)
    actors.own(actor, before.ols)
    content = checked(replace(content, sort=before.content.sort), before.content)
    if content.author != before.content.author:
        actors.speaks(actor, content.author)
    moved = content.place != before.content.place
    ols = owner(actor, content.place) if moved else before.ols
    guard.check(texts(content), confirmed)
    with store.writing() as session:
        row = _active(session, actor, id_)
        if row.revision != seen:
            base = _content_at(session, id_, seen)
            raise ConflictError(note_of(row), base, content)
        if row.status in lists.NEEDS_SHARING and content.visibility != "iwpl":
            raise DataError("Un besoin transmis à l’IWPL reste partagé avec l’IWPL.")
        if row.answers_to:
            _check_answer(_row(session, actor, row.answers_to, hidden=True), content)
        if _content(row) != content:
            if moved and before.ols not in places.known():
                row.ols = ols  # its own no longer exists
            _fill(row, content)
            _seal(session, row, CHANGED, _author(actor, content))
        _drop_draft(session, actor, form)
        return note_of(row)


def relocate(actor: Actor, id_: str, place: str, seen: int) -> Note:
    """Put a note of a « lieu disparu » on a place of today; its history keeps the old one.

    Nothing else changes: its words were read by the guard when they were written. A note stays in
    its OLS, unless that OLS itself no longer exists.

    Parameters
    ----------
    place : id of the place of today
    seen : revision that the author was looking at

    Raises
    ------
    ConflictError, DeniedError, StoreError
        As ``revise``.
    DataError
        If its place still exists, if the new one does not, or if it lies in another OLS.
    """
    actors.require(actor, actors.REVISE)
    before = get(actor, id_)
    if not before.lost:
        raise DataError("Le lieu de cette note existe toujours : « Réviser » peut en changer.")
    if before.ols in places.known() and before.ols not in places.find(place).ols:
        raise DataError("Ce lieu est dans une autre OLS que la note.")
    content = replace(before.content, place=place)
    return revise(actor, id_, content, seen, guard.doubtful(texts(content)))


def advance(
    actor: Actor,
    id_: str,
    status: str,
    seen: int,
    date_: str = "",
    reply: str = "",
    confirmed: Collection[str] = (),
) -> Note:
    """A new step of a besoin or of a signal, with its date and the answer given.

    Raises
    ------
    ConflictError
        If someone changed it in between.
    DeniedError, RefusedError, StoreError
        As ``add``.
    DataError
        If the status does not exist or is the present one, the date lies before the last step,
        an answer is missing, or what goes to the IWPL is not shared.
    """
    actors.require(actor, actors.FOLLOW)
    before = get(actor, id_)
    actors.own(actor, before.ols)
    known = lists.STATUS.get(before.content.sort, {})
    if status not in known:
        raise DataError(f"Étape inconnue : « {status[:40]} ».")
    said = text(reply, "Réponse", TEXT_MOST, required=status == "repondu")
    today = date.today()
    moment = day(date_ or today.isoformat(), "Date de l’étape", today)
    guard.check([said], confirmed)
    with store.writing() as session:
        row = _active(session, actor, id_)
        if row.revision != seen:
            raise ConflictError(note_of(row), _content_at(session, id_, seen), before.content)
        if status == row.status:
            raise DataError(f"L’étape est déjà « {known[status]} ».")
        if status in lists.NEEDS_SHARING and row.visibility != "iwpl":
            raise DataError(
                f"« {known[status]} » : partagez d’abord ce besoin avec l’IWPL (visibilité)."
            )
        last = row.steps[-1].date if row.steps else ""
        if moment < last:
            raise DataError("Date de l’étape : avant la date de l’étape précédente.")
        row.steps.append(
            store.models.NoteStep(
                position=len(row.steps) + 1,
                status=status,
                date=moment,
                text=said,
                author=actor.author,
            )
        )
        row.status = status
        _seal(session, row, MOVED, actor.author)
        return note_of(row)


def withdraw(actor: Actor, id_: str, seen: int) -> Note:
    """Withdraw a note: it leaves the lists, and stays in the database with its history.

    Raises
    ------
    ConflictError, DeniedError, DataError, StoreError
    """
    actors.require(actor, actors.WITHDRAW)
    with store.writing() as session:
        row = _active(session, actor, id_)
        actors.own(actor, row.ols)
        if row.revision != seen:
            current = note_of(row)
            raise ConflictError(current, _content_at(session, id_, seen), current.content)
        row.state = WITHDRAWN
        _seal(session, row, TAKEN_BACK, actor.author)
        return note_of(row)


def erase(actor: Actor, id_: str) -> Erasure:
    """Erase a note for good (right of erasure): its text, its history, its drafts.

    A line without any word stays, so that an older file cannot bring it back. The database file is
    rewritten, so that nothing of the text is left in it, nor beside it.

    Raises
    ------
    DeniedError, DataError, StoreError
    """
    actors.require(actor, actors.ERASE)
    with store.writing() as session:
        row = _row(session, actor, id_)
        actors.own(actor, row.ols)
        wipe(session, row)
        _seal(session, row, WIPED, actor.author, bare=True)
    folder = store.file()
    copies = sorted(folder.parent.glob("avant-restauration-*.sqlite")) if folder else []
    return Erasure(store.compact(), tuple(copies))


def wipe(session: Session, row: store.models.Note, state: str = ERASED) -> None:
    """Blank a note and its history inside a transaction."""
    from sqlalchemy import delete, update
    from sqlalchemy import text as sql

    models = store.models
    kept = ("sort", "text", "strength", "visibility")
    for field in fields(Content):
        if field.name not in kept:
            setattr(row, field.name, "")
    row.text, row.place_label, row.strength, row.status = "", "", 0, ""
    row.state, row.answers_to = state, ""
    row.steps.clear()
    mine = models.Revision.kind == KIND, models.Revision.subject == row.id
    session.execute(update(models.Revision).where(*mine).values(content={}))
    session.execute(delete(models.Draft).where(models.Draft.note == row.id))
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        # Words of an index stay in its old segments until it is made anew.
        session.execute(sql("INSERT INTO note_search(note_search) VALUES ('rebuild')"))


def owner(actor: Actor, place: str) -> str:
    """The OLS that a note on that place belongs to.

    Raises
    ------
    DeniedError
        If the place lies in another OLS than the actor's.
    """
    if not place:
        return actor.ols
    held = places.find(place).ols
    if actor.role == "local":
        return actor.ols if actor.ols in held else held[0]
    if actor.ols not in held:
        raise actors.DeniedError("Ce lieu est dans une autre OLS : chacun écrit dans la sienne.")
    return actor.ols


def _author(actor: Actor, content: Content) -> str:
    return content.author or actor.author


def _check_answer(answered: store.models.Note, content: Content) -> None:
    if answered.state == ACTIVE and content.visibility == "iwpl" != answered.visibility:
        raise DataError("La note à laquelle vous répondez n’est pas partagée avec l’IWPL.")


def _fill(row: store.models.Note, content: Content) -> None:
    for name, value in as_json(content).items():
        if name == "place" and value != row.place:
            place = places.known().get(value)
            row.place_label = place.label if place else ""
        setattr(row, name, value)
    row.shared = bool(row.shared) or content.visibility == "iwpl"


def _seal(
    session: Session, row: store.models.Note, action: str, role: str, bare: bool = False
) -> None:
    """Number a change, mark it, and append it to the history."""
    row.revision += 1
    row.updated = _now()
    row.lineage = [*row.lineage, f"r{uuid4().hex[:16]}"]
    session.flush()  # the defaults of the tables are in the row from here
    log(session, row, action, role, {} if bare else snapshot(row))


def log(
    session: Session, row: store.models.Note, action: str, role: str, content: dict[str, Any]
) -> None:
    """Append a revision inside a transaction."""
    session.add(
        store.models.Revision(
            kind=KIND,
            subject=row.id,
            number=row.revision,
            action=action,
            role=role,
            at=row.updated,
            content=content,
        )
    )


def snapshot(row: store.models.Note) -> dict[str, Any]:
    """What a revision keeps."""
    last = row.steps[-1] if row.steps else None
    step = {"status": last.status, "date": last.date, "text": last.text} if last else {}
    said = {"content": as_json(_content(row)), "place_label": row.place_label}
    return said | {"state": row.state, "step": step}


def _drop_draft(session: Session, actor: Actor, form: str) -> None:
    draft = session.get(store.models.Draft, (actor.holder, form)) if form else None
    if draft is not None:
        session.delete(draft)


def _now() -> str:
    from olsdata.store.database import now

    return now()


# --- Reading ------------------------------------------------------------------------------------


def get(actor: Actor, id_: str) -> Note:
    """A note by its id.

    Raises
    ------
    DataError
        If there is none that the actor may read.
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        raise _unknown(id_)
    with store.reading() as session:
        return note_of(_row(session, actor, id_))


def find(
    actor: Actor,
    *,
    sort: str = "",
    place: str = "",
    theme: str = "",
    indicator: str = "",
    kind: str = "",
    direction: str = "",
    status: str = "",
    level: str = "",
    visibility: str = "",
    shown: Collection[str] = lists.VISIBILITY,
    words: str = "",
    answers_to: str = "",
    to_review: bool = False,
    lost: bool = False,
    withdrawn: bool = False,
    limit: int | None = 50,
    offset: int = 0,
) -> Found:
    """Notes that the actor may read, the latest first.

    Parameters
    ----------
    place : this place and every smaller place that touches it; "wallonie" is no filter
    shown : visibilities that are read
    words : full text; every word, or its beginning, without capitals nor accents
    to_review : only those whose date of review has come
    lost : only those whose place the zonings in force no longer have
    withdrawn : the withdrawn ones instead of the active ones
    limit : None for all of them

    Raises
    ------
    DeniedError
        If the role may not read.
    DataError
        If the place does not exist.
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        return Found([], 0)
    from sqlalchemy import func, select

    note = store.models.Note
    exact = {
        "sort": sort,
        "theme": theme,
        "indicator": indicator,
        "kind": kind,
        "direction": direction,
        "status": status,
        "level": level,
        "visibility": visibility,
        "answers_to": answers_to,
    }
    where = [*actors.scope(actor), note.state == (WITHDRAWN if withdrawn else ACTIVE)]
    where += [getattr(note, name) == value for name, value in exact.items() if value]
    if not set(lists.VISIBILITY) <= set(shown):
        where.append(note.visibility.in_(list(shown)))
    if place and place != "wallonie":
        where.append(note.place.in_(places.inside(place)))
    if to_review:
        where += [note.review_by != "", note.review_by <= date.today().isoformat()]
    if lost:
        where += [note.place != "", note.place.not_in(list(places.known()))]
    with store.reading() as session:
        if words.strip():
            where += _search(session, words)
        query = select(note).where(*where).order_by(note.date.desc(), note.number.desc())
        notes = [note_of(row) for row in session.scalars(query.limit(limit).offset(offset))]
        if limit is None and not offset:
            return Found(notes, len(notes))
        total = session.scalar(select(func.count()).select_from(note).where(*where))
        return Found(notes, int(total or 0))


TERMS_MOST = 10
POSTGRESQL_WORDS = """note.words @@ to_tsquery('simple',
    regexp_replace(nullif(trim(note_words(:asked)), ''), ' +', ':* & ', 'g') || ':*')"""


def search_terms(words: str) -> list[str]:
    """Words of a query; nothing in them is syntax.

    >>> search_terms('Accès "médecin" OR *')
    ['Accès', 'médecin', 'OR']
    """
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", words))[:TERMS_MOST]


def _search(session: Session, words: str) -> list[Any]:
    """Notes that hold every word, or its beginning, whatever the capitals and the accents."""
    from sqlalchemy import false
    from sqlalchemy import text as sql

    asked = search_terms(words)
    if not asked:
        return [false()]
    if session.get_bind().dialect.name == "sqlite":
        found = sql("note.number IN (SELECT rowid FROM note_search WHERE note_search MATCH :asked)")
        return [found.bindparams(asked=" ".join(f'"{word}"*' for word in asked))]
    return [sql(POSTGRESQL_WORDS).bindparams(asked=" ".join(asked))]


def history(actor: Actor, id_: str) -> list[Change]:
    """What was done to a note, first to last; each role sees only what it could read then.

    Raises
    ------
    DataError
        If there is no such note that the actor may read.
    """
    from sqlalchemy import select

    ols = get(actor, id_).ols
    revision = store.models.Revision
    query = select(revision).where(revision.kind == KIND, revision.subject == id_)
    changes, before = [], Content(sort="", direction="", strength=0)
    with store.reading() as session:
        for row in session.scalars(query.order_by(revision.number)):
            said: Any = row.content.get("content")
            content = from_json(said) if said else None
            if not actors.reads(actor, ols, content.visibility if content else ""):
                continue
            changed = differences(before, content) if content else {}
            step: Any = row.content.get("step")
            if row.action == MOVED and step:
                changed = {"status": ("", step["status"]), "date": ("", step["date"])}
            named = str(row.content.get("place_label", "")) or _name_of(content)
            changes.append(
                Change(row.number, row.action, row.role, row.at, content, changed, named)
            )
            before = content or before
    return changes


def _name_of(content: Content | None) -> str:
    place = content.place if content else ""
    known = places.known().get(place)
    return known.label if known else place


def answers(actor: Actor, id_: str, shown: Collection[str] = lists.VISIBILITY) -> list[Note]:
    """The other views on a note, oldest first; ``shown`` as in ``find``."""
    return find(actor, answers_to=id_, shown=shown, limit=None).notes[::-1]


def lost_places(actor: Actor) -> dict[str, str]:
    """Places of notes that the zonings in force no longer have: id → the name they had."""
    notes = find(actor, lost=True, limit=None).notes
    return {n.content.place: n.place_label for n in notes}


def note_of(row: store.models.Note) -> Note:
    """A row as the pages read it."""
    return Note(
        id=row.id,
        content=_content(row),
        ols=row.ols,
        place_label=row.place_label,
        status=row.status,
        steps=tuple(Step(s.status, s.date, s.text, s.author) for s in row.steps),
        answers_to=row.answers_to,
        state=row.state,
        revision=row.revision,
        created=row.created,
        updated=row.updated,
    )


def _content(row: store.models.Note) -> Content:
    return Content(**{f.name: getattr(row, f.name) for f in fields(Content)})


def _content_at(session: Session, id_: str, number: int) -> Content | None:
    from sqlalchemy import select

    revision = store.models.Revision
    query = select(revision.content).where(
        revision.kind == KIND, revision.subject == id_, revision.number == number
    )
    said: Any = (session.scalar(query) or {}).get("content")
    return from_json(said) if said else None


def _row(session: Session, actor: Actor, id_: str, hidden: bool = False) -> store.models.Note:
    """The row of a note that the actor may read; an erased one only when ``hidden``."""
    from sqlalchemy import select

    row = session.scalar(select(store.models.Note).where(store.models.Note.id == id_))
    if row is not None and hidden:
        return row
    if row is None or row.state == ERASED or not _readable(actor, row):
        raise _unknown(id_)
    return row


def _readable(actor: Actor, row: store.models.Note) -> bool:
    return actors.reads(actor, row.ols, row.visibility, row.state)


def _active(session: Session, actor: Actor, id_: str) -> store.models.Note:
    row = _row(session, actor, id_)
    if row.state != ACTIVE:
        raise DataError("Cette note est retirée : elle ne change plus.")
    return row


def _unknown(id_: str) -> DataError:
    return DataError(f"Note inconnue, ou qui ne vous est pas montrée : « {id_[:64]} ».")
