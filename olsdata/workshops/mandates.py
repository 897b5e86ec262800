"""Fiche mandat: what a space or a function is for, what it decides, and with whom."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from olsdata import store
from olsdata.notes import actors, places
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.workshops import lists, rows

if TYPE_CHECKING:
    from olsdata.store import models

EXAMPLES = Path(__file__).with_name("mandates.toml")


@dataclass(frozen=True)
class Mandate:
    """A fiche mandat.

    Attributes
    ----------
    fields : key of ``lists.MANDATE_FIELDS`` → text; a missing key is an empty field
    """

    ols: str
    fields: dict[str, str]
    id: str = ""
    revision: int = 0

    @property
    def title(self) -> str:
        """Its « intitulé »."""
        return self.fields.get("intitule", "")

    @property
    def missing(self) -> list[str]:
        """Names of the fields that are still empty."""
        return [
            name for key, (_, name, _) in lists.MANDATE_FIELDS.items() if not self.fields.get(key)
        ]


@dataclass(frozen=True)
class Example:
    """A worked example of the training, to start from."""

    id: str
    label: str
    fields: dict[str, str]


@lru_cache(maxsize=1)
def examples() -> dict[str, Example]:
    """The worked examples, by id.

    Examples
    --------
    >>> [e.label for e in examples().values()]
    ['Équipe opérationnelle', 'Gouvernance temporaire', 'GT 1 000 jours',
     'Concertation locale de Ville Haute']
    """
    found = {}
    for id_, values in tomllib.loads(EXAMPLES.read_text("utf-8")).items():
        fields = {key: str(values.get(key, "")) for key in lists.MANDATE_FIELDS}
        found[id_] = Example(id_, str(values["label"]), fields)
    return found


def keep(actor: Actor, mandate: Mandate, confirmed: Collection[str] = ()) -> Mandate:
    """Keep a new fiche, or change one (``mandate.id`` and ``mandate.revision``).

    Raises
    ------
    ChangedError
        If someone changed it in between.
    DeniedError, RefusedError, DataError, StoreError
        The title is missing, a text is too long or may designate a person, the OLS is unknown.
    """
    words = rows.said(
        {
            key: (mandate.fields.get(key, ""), name, 2 * rows.LONG, key == "intitule")
            for key, (_, name, _) in lists.MANDATE_FIELDS.items()
        },
        confirmed,
    )
    if places.find(mandate.ols).level != "ols":
        raise DataError("Une fiche mandat appartient à une OLS.")
    rows.require_lead(actor, mandate.ols)
    table = store.models.Mandate
    with store.writing() as session:
        if mandate.id:
            row = rows.row(session, table, mandate.id)
            rows.require_lead(actor, row.ols)
            rows.unchanged(row, mandate.revision)
        else:
            row = table(id=rows.new_id("m"), ols=mandate.ols, revision=0, created=rows.now())
        row.fields = words
        rows.seal(row)
        session.add(row)
        session.flush()
        return _mandate(row)


def find(actor: Actor, ols: str = "") -> list[Mandate]:
    """Fiches of the actor's OLS (all of them on a machine of one's own), by OLS then by age.

    Raises
    ------
    DeniedError
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        return []
    from sqlalchemy import select

    table = store.models.Mandate
    query = select(table).order_by(table.ols, table.number)
    if ols:
        query = query.where(table.ols == ols)
    with store.reading() as session:
        return [_mandate(row) for row in session.scalars(query) if _reads(actor, row.ols)]


def erase(actor: Actor, id_: str, seen: int) -> None:
    """Erase a fiche for good.

    Raises
    ------
    ChangedError, DeniedError, DataError, StoreError
    """
    with store.writing() as session:
        row = rows.row(session, store.models.Mandate, id_)
        rows.require_lead(actor, row.ols)
        rows.unchanged(row, seen)
        session.delete(row)
    store.compact()


def _reads(actor: Actor, ols: str) -> bool:
    return actor.role == "local" or (actor.role in rows.SEES and actor.ols == ols)


def _mandate(row: models.Mandate) -> Mandate:
    return Mandate(row.ols, dict(row.fields), row.id, row.revision)
