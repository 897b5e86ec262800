"""Active general practitioners by commune, as a facilitator reads them in a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pandas as pd

from olsdata import shortage, store, tables, words
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.registry import checks, rights
from olsdata.registry.files import MOST_FAULTS, Report, read_table
from olsdata.registry.proposals import ACTIVE, WITHDRAWN, log
from olsdata.tables import DataError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND = "doctor_count"
MOST_DOCTORS = 5_000
"""Above the number of any Walloon commune: a typing error."""

COLUMNS = ("commune", "medecins", "date", "source")


@dataclass(frozen=True)
class Count:
    """Number of active general practitioners of a commune at a date, from a named list."""

    refnis: str
    doctors: int
    date: str
    source: str


def checked(commune: str, doctors: str | int, date: str, source: str) -> Count:
    """A count, cleaned.

    Raises
    ------
    DataError
        One line per fault.
    """
    faults: list[str] = []
    code, number, day, where = commune, 0, date, source
    try:
        code = checks.commune(commune)
        if code not in shortage.thresholds().index:
            raise DataError("Commune germanophone : l’arrêté wallon ne s’y applique pas.")
    except DataError as error:
        faults.append(str(error))
    asked = str(doctors).strip()
    if asked.isascii() and asked.isdigit() and len(asked) < 9:
        number = int(asked)
    else:
        faults.append(f"Nombre de médecins : « {asked[:20]} » n’est pas un nombre entier.")
    if number > MOST_DOCTORS:
        faults.append(f"Nombre de médecins : {number} dépasse {MOST_DOCTORS}.")
    try:
        day = checks.day(date, "Date de la liste")
    except DataError as error:
        faults.append(str(error))
    try:
        where = checks.text(source, "Source", checks.SOURCE_MOST, required=True)
    except DataError as error:
        faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    return Count(code, number, day, where)


def enter_counts(actor: Actor, found: Iterable[Count], role: str) -> int:
    """Keep counts, all or none; those known already are left as they are.

    Returns
    -------
    How many are new.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry, or a commune lies in another OLS.
    """
    actors.require(actor, actors.KEEP)
    role = rights.role(actor, role)
    found = list(found)
    for item in found:
        rights.touches(actor, [item.refnis])
    from olsdata.store.database import now

    added = 0
    with store.writing() as session:
        known = {Count(r.refnis, r.doctors, r.date, r.source) for r in _rows(session)}
        for item in found:
            if item in known:
                continue
            known.add(item)
            moment = now()
            row = store.models.DoctorCount(
                id=f"mg-{uuid4().hex[:12]}",
                refnis=item.refnis,
                doctors=item.doctors,
                date=item.date,
                source=item.source,
                role=role,
                state=ACTIVE,
                created=moment,
                updated=moment,
            )
            session.add(row)
            log(session, KIND, row.id, 1, "ajout", role, dict(vars(item)))
            added += 1
    return added


def enter_count(
    actor: Actor, commune: str, doctors: str | int, date: str, source: str, role: str
) -> int:
    """Keep one count, given as it is typed; returns 1 when it is new.

    Raises
    ------
    DeniedError
        As ``enter_counts``.
    DataError
        If something in it is wrong; every fault is named.
    """
    return enter_counts(actor, [checked(commune, doctors, date, source)], role)


def withdraw_count(actor: Actor, id_: str, role: str) -> None:
    """Withdraw a count; the one before it, if any, shows again.

    Raises
    ------
    DeniedError
        As ``enter_counts``.
    DataError
        If it does not exist or is withdrawn already.
    """
    actors.require(actor, actors.KEEP)
    role = rights.role(actor, role)
    from olsdata.store.database import now

    with store.writing() as session:
        row = session.get(store.models.DoctorCount, id_)
        if row is None or row.state != ACTIVE:
            raise DataError("Ce nombre de médecins n’est plus dans la liste.")
        rights.touches(actor, [row.refnis])
        row.state, row.updated = WITHDRAWN, now()
        content = {"refnis": row.refnis, "doctors": row.doctors, "date": row.date}
        log(session, KIND, row.id, 2, "retrait", role, dict(content))


def import_counts(actor: Actor, data: bytes | Path, role: str = "facilitateur") -> Report:
    """Take a CSV of counts (commune, medecins, date, source), all rows or none.

    Returns
    -------
    Report: ``added``, ``unchanged``, and ``faults`` when something is wrong.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry.
    """
    actors.require(actor, actors.KEEP)
    report = Report()
    try:
        role = rights.role(actor, role)
        rows = read_table(data, COLUMNS, COLUMNS)
    except DataError as error:
        report.faults = [str(error)]
        return report
    found, first = [], dict[str, int]()
    for number, cells in rows:
        try:
            if not cells["medecins"]:
                continue  # a commune of the model that nobody filled in
            item = checked(cells["commune"], cells["medecins"], cells["date"], cells["source"])
            if item.refnis in first:
                raise DataError(f"commune déjà donnée à la ligne {first[item.refnis]}.")
            rights.touches(actor, [item.refnis])
            first[item.refnis] = number
            found.append(item)
        except DataError as error:
            report.faults += [f"Ligne {number} : {fault}" for fault in str(error).splitlines()]
    report.faults = report.faults[:MOST_FAULTS]
    if not report.faults and not found:
        report.faults = ["Le fichier ne donne aucun nombre de médecins."]
    if not report.faults:
        report.added = enter_counts(actor, found, role)
        report.unchanged = len(found) - report.added
    return report


def counts(communes: Collection[str] | None = None) -> pd.DataFrame:
    """The latest count of each commune.

    Returns
    -------
    DataFrame, index refnis: id, medecins, date, source, role.
    """
    columns = ["refnis", "id", "medecins", "date", "source", "role", "created"]
    rows = []
    if store.exists():
        with store.reading() as session:
            rows = [
                (r.refnis, r.id, r.doctors, r.date, r.source, r.role, r.created)
                for r in _rows(session)
            ]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["date", "created"])
    latest = frame.drop_duplicates("refnis", keep="last").set_index("refnis").sort_index()
    if communes is not None:
        latest = latest[latest.index.isin(list(communes))]
    return latest.drop(columns="created")


def doctors_table(communes: Collection[str]) -> pd.DataFrame:
    """Counts and criteria of some communes, those without a count included.

    Returns
    -------
    DataFrame, index refnis, by name: nom, medecins, pour_100000, seuil_eligible, seuil_majore,
    categorie ("" without a count), date, source, role, id. German-speaking communes are absent.
    """
    limits = shortage.thresholds()
    names = tables.load().communes["nom"]
    here = [code for code in communes if code in limits.index]
    known = counts(here)
    judged = shortage.classify(known["medecins"].astype(int))
    frame = pd.DataFrame({"nom": names.reindex(here)}, index=pd.Index(here, name="refnis"))
    frame = frame.join(limits[["seuil_eligible", "seuil_majore"]])
    frame = frame.join(judged[["medecins", "pour_100000", "categorie"]])
    frame = frame.join(known[["date", "source", "role", "id"]])
    texts = ["categorie", "date", "source", "role", "id"]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "")
    return frame.sort_values("nom", key=lambda n: n.map(words.folded))


def _rows(session: Session) -> list[store.models.DoctorCount]:
    from sqlalchemy import select

    model = store.models.DoctorCount
    return list(session.scalars(select(model).where(model.state == ACTIVE)))
