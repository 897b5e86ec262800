"""Links between structures that a facilitator knows: a shared body, activities, a support."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pandas as pd

from olsdata import store, structures, tables
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.registry import checks, rights
from olsdata.registry.proposals import ACTIVE, WITHDRAWN, log
from olsdata.tables import DataError

KIND = "link"
STATUS = "proposition du terrain"
BODY_MOST = 200
COLUMNS = [
    "structure_a",
    "structure_b",
    "type_lien",
    "instance",
    "source",
    "date",
    "statut",
    "id",
    "role",
]


def ends() -> dict[str, str]:
    """What a link may join: the recorded structures by name, then the types of structures."""
    names = tables.load().structures["nom"].sort_values(key=lambda n: n.str.casefold())
    types = {id_: f"{type_.title} (en général)" for id_, type_ in structures.types().items()}
    known: dict[str, str] = names.to_dict() | types | structures.LINKED
    return known


def add_link(
    actor: Actor, a: str, b: str, kind: str, body: str, source: str, date: str, role: str
) -> str:
    """Keep a link between two structures.

    Parameters
    ----------
    a, b : ids of ``ends``, different
    kind : a key of ``tables.LINK_KINDS``
    body : where both sit together (« instance »), or ""
    source, date : what says so, and when
    role : role of the author

    Returns
    -------
    Id of the link.

    Raises
    ------
    DeniedError
        If the actor may not propose, or not in that role.
    DataError
        If something is wrong (every fault is named), or the link is already there.
    """
    actors.require(actor, actors.PROPOSE)
    faults: list[str] = []
    known = ends()
    for end in (a, b):
        if end not in known:
            faults.append(f"Structure inconnue : « {end[:60]} ».")
    if a == b:
        faults.append("Un lien joint deux structures différentes.")
    if kind not in tables.LINK_KINDS:
        faults.append(f"Type de lien : {', '.join(tables.LINK_KINDS)}.")
    values = {"body": body, "source": source, "date": date, "role": role}
    checked: dict[str, Callable[[str], str]] = {
        "body": lambda v: checks.text(v, "Instance", BODY_MOST),
        "source": lambda v: checks.text(v, "Source", checks.SOURCE_MOST, required=True),
        "date": lambda v: checks.day(v, "Date"),
        "role": checks.role,
    }
    for name, check in checked.items():
        try:
            values[name] = check(values[name])
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    rights.role(actor, role)
    from sqlalchemy import select

    from olsdata.store.database import now

    first, second = sorted((a, b))
    model = store.models.Link
    with store.writing() as session:
        same = select(model).where(
            model.state == ACTIVE,
            model.structure_a == first,
            model.structure_b == second,
            model.kind == kind,
            model.body == values["body"],
        )
        if session.scalars(same).first() is not None:
            raise DataError("Ce lien est déjà dans la liste.")
        moment = now()
        row = model(
            id=f"lien-{uuid4().hex[:12]}",
            structure_a=first,
            structure_b=second,
            kind=kind,
            state=ACTIVE,
            created=moment,
            updated=moment,
            **values,
        )
        session.add(row)
        log(session, KIND, row.id, 1, "ajout", values["role"], _as_json(row))
        return str(row.id)


def withdraw_link(actor: Actor, id_: str, role: str) -> None:
    """Take a link back; it stays in the database, withdrawn.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry.
    DataError
        If it does not exist or was already withdrawn.
    """
    from olsdata.store.database import now

    actors.require(actor, actors.KEEP)
    role = rights.role(actor, role)
    with store.writing() as session:
        row = session.get(store.models.Link, id_)
        if row is None or row.state != ACTIVE:
            raise DataError("Ce lien n’est plus dans la liste.")
        row.state, row.updated = WITHDRAWN, now()
        log(session, KIND, row.id, 2, "retrait", role, _as_json(row))


def links() -> pd.DataFrame:
    """Every link to show: the typical relations of the texts, then those of the field.

    Returns
    -------
    DataFrame: structure_a, structure_b, type_lien, instance, source, date, statut; id and role
    ("" for the typical relations).
    """
    typical = tables.load().liens.assign(id="", role="")[COLUMNS]
    if not store.exists():
        return typical
    from sqlalchemy import select

    model = store.models.Link
    with store.reading() as session:
        rows = session.scalars(
            select(model).where(model.state == ACTIVE).order_by(model.created)
        ).all()
        own = [
            (
                r.structure_a,
                r.structure_b,
                r.kind,
                r.body or None,
                r.source,
                r.date,
                STATUS,
                r.id,
                r.role,
            )
            for r in rows
        ]
    return pd.concat([typical, pd.DataFrame(own, columns=COLUMNS)]) if own else typical


def _as_json(row: store.models.Link) -> dict[str, str]:
    return {
        "structure_a": row.structure_a,
        "structure_b": row.structure_b,
        "kind": row.kind,
        "body": row.body,
        "source": row.source,
        "date": row.date,
    }
