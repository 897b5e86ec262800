"""What a territory says of the flows: this one exists here, that one is missing, since when.

Every statement is kept with its moment; the latest on a flow is the one that holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from olsdata import store, territory
from olsdata.exports.tables import to_french_csv
from olsdata.notes import actors, content, guard
from olsdata.notes.actors import ADD, READ, Actor
from olsdata.reference import flows
from olsdata.registry import checks
from olsdata.registry.files import read_table
from olsdata.tables import DataError

HERE = {"existe": "existe ici", "manque": "manque ici", "inconnu": "nous ne savons pas"}
FLOW_MOST, REMARK_MOST, FILE_MOST = 200, 500, 1_000_000
COLUMNS = ("diagramme", "de", "vers", "flux", "ici", "depuis", "remarque")


@dataclass(frozen=True)
class Mark:
    """What is said of one flow on one territory.

    Attributes
    ----------
    diagram : a key of ``flows.DIAGRAMS``
    source, target : ids of ``flows.nodes``
    flow : what flows; one of the documents', or the field's own words
    here : a key of ``HERE``
    since : year, month or day as far as it is known (« 2026 », « 2026-03 »), or ""
    remark : free text, or ""
    """

    diagram: str
    source: str
    target: str
    flow: str
    here: str
    since: str = ""
    remark: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells a flow from another."""
        return self.diagram, self.source, self.target, self.flow


def checked(mark: Mark) -> Mark:
    """The mark as it is kept.

    Raises
    ------
    DataError
        Every fault, one per line: an unknown node or diagram, a text too long, a wrong date, or
        something in the texts that designates a person.
    """
    faults: list[str] = []
    if mark.diagram not in flows.DIAGRAMS:
        faults.append(f"Diagramme inconnu : « {mark.diagram[:40]} ».")
    known = flows.nodes().index
    for label, node in (("De", mark.source), ("Vers", mark.target)):
        if node not in known:
            faults.append(f"{label} : acteur inconnu, « {node[:60]} ».")
    if mark.here not in HERE:
        faults.append(f"Ici : « {mark.here[:20]} » ; il faut {', '.join(HERE)}.")
    texts = {"flow": mark.flow, "since": mark.since, "remark": mark.remark}
    rules: dict[str, Callable[[str], str]] = {
        "flow": lambda v: content.text(v, "Flux", FLOW_MOST),
        "since": lambda v: checks.day(v, "Depuis", required=False),
        "remark": lambda v: content.text(v, "Remarque", REMARK_MOST, required=False),
    }
    for name, rule in rules.items():
        try:
            texts[name] = rule(texts[name])
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    guard.check((texts["flow"], texts["remark"]))
    return Mark(mark.diagram, mark.source, mark.target, here=mark.here, **texts)


def keep(actor: Actor, ols: str, said: list[Mark]) -> int:
    """Keep statements about the flows of a territory, all of them or none.

    Parameters
    ----------
    actor : who says it; a facilitator or a participant of that OLS
    ols : id of the OLS
    said : statements; those that change nothing are left out

    Returns
    -------
    How many were kept.

    Raises
    ------
    DataError
        If the actor may not, the OLS does not exist, or a statement is wrong.
    """
    actors.require(actor, ADD)
    actors.own(actor, ols)
    if ols not in territory.zoning("ols").zones.index:
        raise DataError("Choisissez une OLS : un flux se dit d’un territoire.")
    good = [checked(mark) for mark in said]
    from olsdata.store.database import now

    with store.writing() as session:
        before = {mark.key: mark for mark in _latest(session, ols)}
        fresh = [mark for mark in good if before.get(mark.key) != mark]
        for mark in fresh:
            session.add(
                store.models.FlowMark(
                    ols=ols,
                    diagram=mark.diagram,
                    source=mark.source,
                    target=mark.target,
                    flow=mark.flow,
                    here=mark.here,
                    since=mark.since,
                    remark=mark.remark,
                    author=actor.author,
                    moment=now(),
                )
            )
    return len(fresh)


def said(actor: Actor, ols: str) -> list[Mark]:
    """The latest statement on each flow of a territory; none when the actor reads no such thing.

    Raises
    ------
    DataError
        If the actor has no right to read.
    """
    actors.require(actor, READ)
    if not store.exists() or not actors.reads(actor, ols, "ols"):
        return []
    with store.reading() as session:
        return _latest(session, ols)


def _latest(session: object, ols: str) -> list[Mark]:
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    assert isinstance(session, Session)
    model = store.models.FlowMark
    rows = session.scalars(select(model).where(model.ols == ols).order_by(model.number))
    found = [Mark(r.diagram, r.source, r.target, r.flow, r.here, r.since, r.remark) for r in rows]
    return list({mark.key: mark for mark in found}.values())


def export(actor: Actor, ols: str) -> bytes:
    """What is said on a territory, as a CSV that ``read`` takes back."""
    rows = [
        (m.diagram, m.source, m.target, m.flow, m.here, m.since, m.remark) for m in said(actor, ols)
    ]
    return to_french_csv(pd.DataFrame(rows, columns=list(COLUMNS)).set_index(COLUMNS[0]))


def read(raw: bytes) -> list[Mark]:
    """Statements of a CSV file written by anyone.

    Raises
    ------
    DataError
        Every fault with its line; nothing is kept of a file with a fault.
    """
    found, faults = [], []
    for line, row in read_table(raw, COLUMNS, COLUMNS[:5], FILE_MOST):
        cells = [content.clean(row.get(name, "")) for name in COLUMNS]
        try:
            found.append(checked(Mark(*cells)))
        except DataError as error:
            faults += [f"Ligne {line} : {sentence}" for sentence in str(error).splitlines()]
    if faults:
        raise DataError("\n".join(faults[:20]))
    return found
