"""Drafts: what someone is typing, kept at every field and offered again after a fault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from olsdata import store
from olsdata.notes import actors, guard
from olsdata.notes.actors import Actor
from olsdata.notes.content import TEXT_MOST, Content, as_json, clean, from_json
from olsdata.notes.guard import Finding

KEPT_DAYS = 30
MOST_EACH = 10 * TEXT_MOST
"""A draft may be too long for a note: its author shortens it, and must not lose it."""


@dataclass(frozen=True)
class Draft:
    """A text that is not a note yet.

    Attributes
    ----------
    form : name of the form that it fills (« note », « besoin », « revision-… »)
    note : id of the note that it revises, or ""
    content : what was typed; nothing in it is checked but the guard
    saved : moment in UTC
    kept_out : what the guard found; the text that holds it is not in the database
    """

    form: str
    content: Content
    saved: str
    note: str = ""
    kept_out: tuple[Finding, ...] = ()


def save(actor: Actor, form: str, content: Content, note: str = "") -> Draft:
    """Keep what is being typed; a text in which the guard is certain of something is left out.

    Raises
    ------
    DeniedError
        If the role may not write.
    StoreError
        If the database refuses; the text is then only on the screen.
    """
    actors.require(actor, actors.DRAFT)
    values: dict[str, Any] = as_json(content)
    certain: list[Finding] = []
    for name in ("text", "for_whom"):
        values[name] = clean(values[name][:MOST_EACH])
        found = [f for f in guard.read(values[name]) if f.certain]
        if found:
            certain += found
            values[name] = ""
    others = (k for k in values if k not in ("text", "for_whom") and isinstance(values[k], str))
    values |= {name: clean(values[name][:64]) for name in others}
    from olsdata.store.database import now

    moment, key = now(), (actor.holder[:100], form[:100])
    with store.writing() as session:
        _forget_old(session)
        row = session.get(store.models.Draft, key)
        if row is None:
            row = store.models.Draft(holder=key[0], form=key[1])
            session.add(row)
        row.note, row.content, row.saved = note[:64], values, moment
    return Draft(form, from_json(values), moment, note, tuple(certain))


def kept(actor: Actor) -> list[Draft]:
    """The actor's own drafts, the latest first."""
    actors.require(actor, actors.DRAFT)
    if not store.exists():
        return []
    from sqlalchemy import select

    draft = store.models.Draft
    query = select(draft).where(draft.holder == actor.holder[:100], draft.saved >= _oldest())
    with store.reading() as session:
        rows = session.scalars(query.order_by(draft.saved.desc()))
        return [Draft(r.form, from_json(r.content), r.saved, r.note) for r in rows]


def draft(actor: Actor, form: str) -> Draft | None:
    """The actor's draft of one form."""
    return next((d for d in kept(actor) if d.form == form[:100]), None)


def drop(actor: Actor, form: str) -> None:
    """Forget a draft."""
    actors.require(actor, actors.DRAFT)
    if not store.exists():
        return
    with store.writing() as session:
        row = session.get(store.models.Draft, (actor.holder[:100], form[:100]))
        if row is not None:
            session.delete(row)


def _oldest() -> str:
    return (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).isoformat(timespec="microseconds")


def _forget_old(session: Any) -> None:
    from sqlalchemy import delete

    session.execute(delete(store.models.Draft).where(store.models.Draft.saved < _oldest()))
