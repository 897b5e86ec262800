"""Between machines: export, import, backup and restore.

A row carries its id and its *versions*, a mark per revision. When one machine has only gone
further than the other, its version is taken; when both have changed the note, the newest wins, the
other stays in the history, and the note is listed as a conflict.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from olsdata import store
from olsdata.exports.tables import to_csv
from olsdata.notes import actors, guard, lists, places
from olsdata.notes import book as kept
from olsdata.notes.actors import Actor
from olsdata.notes.content import TEXT_MOST, Content, checked, day, text, texts
from olsdata.registry.files import read_bytes, read_table
from olsdata.tables import DataError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_BYTES = 50_000_000
FORMAT = "notes-de-terrain-1"
UNSHARED = "non_partage"

CONTENT_COLUMNS = {
    "sorte": "sort",
    "lieu": "place",
    "indicateur": "indicator",
    "theme": "theme",
    "genre": "kind",
    "sens": "direction",
    "force": "strength",
    "confiance": "confidence",
    "source": "source",
    "voix": "voices",
    "role": "author",
    "date": "date",
    "a_revoir": "review_by",
    "visibilite": "visibility",
    "pour_qui": "for_whom",
    "manque": "missing",
    "obstacle": "obstacle",
    "niveau": "level",
    "texte": "text",
}
"""Column of the files → field of the content."""

COLUMNS = (
    "id",
    "ols",
    "nom_du_lieu",
    *CONTENT_COLUMNS,
    "statut",
    "etapes",
    "repond_a",
    "etat",
    "cree",
    "modifie",
    "versions",
)
NEEDED = ("id", "ols", "sorte", "texte", "etat", "cree", "modifie", "versions")
_MARK = re.compile(r"[A-Za-z0-9-]{1,64}")
MOST_LINES = 50


@dataclass(frozen=True)
class Clash:
    """A note that both machines have changed.

    Attributes
    ----------
    kept : « fichier » or « ici »: where the version that was kept comes from
    ours, theirs : both versions; theirs is None when the file has no text of it any more
    """

    id: str
    kept: str
    ours: Content
    theirs: Content | None


@dataclass
class Report:
    """What an import did; with a fault, it did nothing.

    Attributes
    ----------
    added, updated, unchanged, older : rows, by what became of them
    removed : copies whose text left, because it was erased or is no longer shared
    asked : notes written here whose erasure was done elsewhere; nothing was erased here
    conflicts : notes changed on both sides
    refused : one sentence per row left out (guard, other OLS)
    faults : one sentence per thing that makes the file unusable
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    removed: int = 0
    asked: list[str] = field(default_factory=list)
    conflicts: list[Clash] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        if self.faults:
            return "Rien n’a été importé. " + " ".join(self.faults[:MOST_LINES])
        counts = {
            "ajoutées": self.added,
            "mises à jour": self.updated,
            "déjà connues": self.unchanged + self.older,
            "copies effacées": self.removed,
            "conflits": len(self.conflicts),
            "refusées": len(self.refused),
        }
        said = ", ".join(f"{n} {what}" for what, n in counts.items() if n)
        return f"Import terminé : {said or 'aucune note'}."


# --- Out ----------------------------------------------------------------------------------------


def _records(actor: Actor, share: str) -> list[dict[str, Any]]:
    from sqlalchemy import or_, select

    actors.require(actor, actors.EXPORT)
    if share not in ("", "iwpl"):
        raise DataError(f"Partage inconnu : « {share[:20]} ». Valeur possible : iwpl.")
    if not store.exists():
        return []
    note = store.models.Note
    query = select(note).order_by(note.ols, note.number)
    if actor.role == "iwpl":
        query = query.where(*actors.scope(actor))
    elif actor.role != "local" or actor.ols:
        query = query.where(note.ols == actor.ols)
    if share:
        # What was shared once and is no more goes without a word, so that copies are removed.
        query = query.where(or_(note.shared, note.visibility == "iwpl"))
    with store.reading() as session:
        return [_record(row, share) for row in session.scalars(query)]


def _record(row: store.models.Note, share: str) -> dict[str, Any]:
    now_shared = row.visibility == "iwpl" and row.state == kept.ACTIVE
    bare = row.state == kept.ERASED or (bool(share) and not now_shared)
    state = UNSHARED if bare and row.state == kept.ACTIVE else row.state
    found: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    found |= {"id": row.id, "ols": row.ols, "sorte": row.sort, "etat": state, "etapes": []}
    found |= {"cree": row.created, "modifie": row.updated, "versions": list(row.lineage)}
    if bare:
        return found
    for column, name in CONTENT_COLUMNS.items():
        found[column] = getattr(row, name)
    found |= {"nom_du_lieu": row.place_label, "statut": row.status, "repond_a": row.answers_to}
    found["etapes"] = [
        {"statut": s.status, "date": s.date, "texte": s.text, "role": s.author} for s in row.steps
    ]
    return found


def export_frame(actor: Actor, share: str = "") -> pd.DataFrame:
    """Every note that the actor may export: index id, the other columns as texts.

    Parameters
    ----------
    share : "iwpl" for only what is shared with it

    Raises
    ------
    DeniedError
        If the role may not export.
    """
    rows = _records(actor, share)
    for row in rows:
        steps = row["etapes"]
        row["etapes"] = json.dumps(steps, ensure_ascii=False) if steps else ""
        row["versions"] = " ".join(row["versions"])
        row["force"] = str(row["force"] or "")
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).set_index("id")


def export_csv(actor: Actor, share: str = "") -> str:
    """The notes as the command line writes them: UTF-8, comma, no cell that runs as a formula."""
    return to_csv(export_frame(actor, share))


def export_json(actor: Actor, share: str = "") -> str:
    """The notes as one JSON text; the same keys as the CSV."""
    rows = _records(actor, share)
    whole = {"format": FORMAT, "partage": share, "notes": rows}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


# --- In -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row of a file, checked; without a content when its text has left."""

    id: str
    ols: str
    content: Content | None
    place_label: str
    status: str
    steps: tuple[kept.Step, ...]
    answers_to: str
    state: str
    created: str
    updated: str
    lineage: tuple[str, ...]


def import_notes(actor: Actor, data: bytes | Path) -> Report:
    """Take a file made by ``export_csv`` or ``export_json``; doing it twice changes nothing more.

    Parameters
    ----------
    data : the file, or its content

    Returns
    -------
    Report; when it has faults, nothing was changed.

    Raises
    ------
    DeniedError
        If the role may not import.
    StoreError
        If the database refuses; nothing is then changed.
    """
    actors.require(actor, actors.IMPORT)
    report = Report()
    found: list[Row] = []
    seen: set[str] = set()
    try:
        cells = _read(data)
    except DataError as error:
        report.faults = [str(error)]
        return report
    for where, values in cells:
        try:
            row = parse(values)
            if row.id in seen:
                raise DataError(f"id « {row.id} » présent deux fois.")
            seen.add(row.id)
            found.append(row)
        except DataError as error:
            report.faults += [f"{where} : {fault}" for fault in str(error).splitlines()]
    if not report.faults:
        _keep(actor, found, report)
    return report


def _read(data: bytes | Path) -> list[tuple[str, dict[str, Any]]]:
    raw = read_bytes(data, MOST_BYTES)
    if not raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        rows = read_table(raw, COLUMNS, NEEDED, MOST_BYTES)
        return [(f"Ligne {line}", _from_cells(line, cells)) for line, cells in rows]
    wrong = DataError("Ce fichier n’est pas un export de notes de ce tableau de bord.")
    try:
        whole = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise wrong
    notes = whole.get("notes")
    if not isinstance(notes, list) or not all(isinstance(n, dict) for n in notes):
        raise wrong
    return [(f"Note {i}", note) for i, note in enumerate(notes, 1)]


def _from_cells(line: int, cells: dict[str, str]) -> dict[str, Any]:
    """Cells of a CSV as JSON has them; « 5 » for « 05 » is a spreadsheet's doing."""
    row: dict[str, Any] = dict(cells)
    row["versions"] = cells["versions"].split()
    try:
        row["etapes"] = json.loads(cells.get("etapes") or "[]")
    except (ValueError, RecursionError):
        raise DataError(f"Ligne {line} : étapes illisibles.") from None
    for name in ("ols", "lieu"):
        if re.fullmatch(r"\d", cells.get(name, "")):
            row[name] = f"0{cells[name]}"
    return row


def parse(values: dict[str, Any]) -> Row:
    """A row of a file, checked.

    Raises
    ------
    DataError
        One line per fault.
    """

    def said(name: str, most: int = 64) -> str:
        value = values.get(name, "")
        if not isinstance(value, str) or len(value) > most:
            raise DataError(f"{name} : texte attendu, de {most} caractères au plus.")
        return value

    id_, ols, state = said("id"), said("ols"), said("etat")
    if not _MARK.fullmatch(id_):
        raise DataError(f"id « {id_[:64]} » : lettres, chiffres et tirets seulement.")
    if ols and ols not in places.all_ols():
        raise DataError(f"OLS inconnue : « {ols[:20]} ».")
    if state not in (*lists.STATES, UNSHARED):
        raise DataError(f"État inconnu : « {state[:20]} ».")
    lineage = values.get("versions")
    if (
        not isinstance(lineage, list)
        or not 0 < len(lineage) <= 10_000
        or not all(isinstance(m, str) and _MARK.fullmatch(m) for m in lineage)
    ):
        raise DataError("versions : une marque au moins est attendue.")
    answers_to = said("repond_a")
    if answers_to and not _MARK.fullmatch(answers_to):
        raise DataError("repond_a : identifiant inutilisable.")
    content = None
    if state in (kept.ACTIVE, kept.WITHDRAWN) and said("texte", 100_000):
        content = _parse_content(values, said)
    elif state == kept.ACTIVE:
        raise DataError("Texte : manquant.")
    sort = content.sort if content else ""
    status, steps = said("statut"), _parse_steps(values.get("etapes") or [], sort)
    if status not in lists.STATUS.get(sort, {"": ""}) or (steps and steps[-1].status != status):
        raise DataError(f"Statut : « {status[:20]} » inconnu, ou autre que la dernière étape.")
    if sort in lists.STATUS and not steps:
        raise DataError("Étapes : manquantes.")
    return Row(
        id=id_,
        ols=ols,
        content=content,
        place_label=text(said("nom_du_lieu", 500), "Nom du lieu", 200, False) if content else "",
        status=status,
        steps=steps,
        answers_to=answers_to,
        state=state,
        created=_moment(said("cree"), "cree"),
        updated=_moment(said("modifie"), "modifie"),
        lineage=tuple(dict.fromkeys(lineage)),
    )


def _parse_content(values: dict[str, Any], said: Any) -> Content:
    most = {"texte": 100_000, "pour_qui": 10_000}
    given: dict[str, Any] = {
        name: said(column, most.get(column, 64))
        for column, name in CONTENT_COLUMNS.items()
        if name != "strength"
    }
    force = values.get("force") or 0
    if not re.fullmatch(r"[0-3]", str(force)):
        raise DataError("Force : 1, 2 ou 3.")
    return checked(Content(**given, strength=int(force)), lenient=True)


def _parse_steps(values: Any, sort: str) -> tuple[kept.Step, ...]:
    wrong = DataError("Étapes : illisibles.")
    if not isinstance(values, list) or (values and sort not in lists.STATUS):
        raise wrong
    steps = []
    today = datetime.now(UTC).date() + timedelta(days=1)
    for value in values:
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise wrong
        if value.get("statut") not in lists.STATUS[sort]:
            raise wrong
        steps.append(
            kept.Step(
                value["statut"],
                day(value.get("date", ""), "Date de l’étape", today),
                text(value.get("texte", ""), "Réponse", TEXT_MOST, False),
                value.get("role", "")[:20],
            )
        )
    return tuple(steps)


def _moment(value: str, name: str) -> str:
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise ValueError
        found = found.astimezone(UTC)
        late = found > datetime.now(UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise DataError(f"{name} : moment illisible.") from None
    if late:
        raise DataError(f"{name} : moment dans l’avenir ; vérifiez l’horloge de l’autre machine.")
    return found.isoformat(timespec="microseconds")


def _keep(actor: Actor, rows: list[Row], report: Report) -> None:
    from sqlalchemy import select

    allowed = []
    for row in rows:
        why = _refusal(actor, row)
        if why:
            report.refused.append(f"{row.id} : {why}")
        else:
            allowed.append(row)
    if not allowed:
        return
    note = store.models.Note
    with store.writing() as session:
        # Asked for by parts: a query takes a limited number of values.
        ids = [row.id for row in allowed]
        known: dict[str, store.models.Note] = {}
        for start in range(0, len(ids), 500):
            part = session.scalars(select(note).where(note.id.in_(ids[start : start + 500])))
            known |= {row.id: row for row in part}
        for row in allowed:
            mine = known.get(row.id)
            if mine is None:
                _new(session, row, report)
            elif mine.ols != row.ols:
                report.refused.append(f"{row.id} : appartient ici à une autre OLS.")
            else:
                _merge(session, mine, row, report)
    if report.removed:
        store.compact()


def _refusal(actor: Actor, row: Row) -> str:
    """Why a row is left out; "" when it is not."""
    if actor.role != "local" and row.ols != actor.ols:
        return "note d’une autre OLS."
    if row.content is None:
        return ""
    place = places.known().get(row.content.place)
    if place is not None and row.ols and row.ols not in place.ols:
        return "son lieu est dans une autre OLS."
    try:
        said = [*texts(row.content), *(s.text for s in row.steps)]
        guard.check(said, guard.doubtful(said))  # what is doubtful was confirmed by its author
    except guard.RefusedError as error:
        return str(error)
    return ""


def _new(session: Session, row: Row, report: Report) -> None:
    if row.content is None and row.state != kept.ERASED:
        report.unchanged += 1
        return
    insert(session, row)
    report.added += row.content is not None
    report.unchanged += row.content is None


def insert(session: Session, row: Row, action: str = kept.IMPORTED) -> None:
    """Insert a row inside a transaction, with its own id, moments and versions."""
    mine = store.models.Note(
        id=row.id,
        sort=row.content.sort if row.content else "note",
        ols=row.ols,
        revision=0,
        created=row.created,
        updated=row.updated,
        lineage=[],
        state=kept.ERASED,
        text="",
    )
    session.add(mine)
    _take(session, mine, row, action)


def _take(session: Session, mine: store.models.Note, row: Row, action: str = kept.IMPORTED) -> None:
    """Put what a row says in a note."""
    if row.content is not None:
        for f in fields(Content):
            setattr(mine, f.name, getattr(row.content, f.name))
        mine.place_label, mine.status, mine.answers_to = row.place_label, row.status, row.answers_to
        mine.shared = bool(mine.shared) or row.content.visibility == "iwpl"
        mine.steps.clear()
        session.flush()  # the old steps leave before the new ones come
        mine.steps = [
            store.models.NoteStep(
                position=i, status=s.status, date=s.date, text=s.text, author=s.author
            )
            for i, s in enumerate(row.steps, 1)
        ]
    mine.state = kept.WITHDRAWN if row.state == UNSHARED else row.state
    _number(session, mine, row, action)


def _number(
    session: Session, mine: store.models.Note, row: Row, action: str, ours_last: bool = False
) -> None:
    """Number the import, and join both lines of versions."""
    one, other = (row.lineage, mine.lineage) if ours_last else (mine.lineage, row.lineage)
    mine.lineage = [*(m for m in one if m not in other), *other]
    mine.revision += 1
    if not ours_last:
        mine.updated = row.updated
    said = kept.snapshot(mine) if mine.state != kept.ERASED and mine.text else {}
    if ours_last and row.content is not None:
        said = {"content": vars(row.content), "state": row.state, "step": {}}
    role = (row.content.author if row.content else "") or "autre"
    kept.log(session, mine, action, role, said)


def _merge(session: Session, mine: store.models.Note, row: Row, report: Report) -> None:
    """Take, leave or set side by side a note that is known here."""
    newest = row.lineage[-1]
    if mine.state == kept.ERASED or newest == mine.lineage[-1]:
        report.unchanged += 1
        return
    if newest in mine.lineage:
        report.older += 1
        return
    if row.content is None and row.state in (kept.ERASED, UNSHARED, kept.WITHDRAWN):
        if _written_here(session, mine):
            # Another machine does not take from its author what was written here.
            if row.state == kept.ERASED:
                report.asked.append(mine.id)
            report.unchanged += 1
            return
        if row.state == kept.ERASED or mine.lineage[-1] in row.lineage:
            kept.wipe(session, mine, kept.ERASED if row.state == kept.ERASED else kept.WITHDRAWN)
            _take(session, mine, row, kept.WIPED if row.state == kept.ERASED else kept.TAKEN_BACK)
            report.removed += 1
            return
    ours = kept._content(mine)
    if mine.lineage[-1] in row.lineage:
        _take(session, mine, row)
        report.updated += 1
    elif (row.updated, newest) > (mine.updated, mine.lineage[-1]):
        _take(session, mine, row)
        report.conflicts.append(Clash(mine.id, "fichier", ours, row.content))
    else:
        _number(session, mine, row, kept.SET_ASIDE, ours_last=True)
        report.conflicts.append(Clash(mine.id, "ici", ours, row.content))


def _written_here(session: Session, mine: store.models.Note) -> bool:
    from sqlalchemy import select

    revision = store.models.Revision
    query = select(revision.action).where(
        revision.kind == kept.KIND, revision.subject == mine.id, revision.number == 1
    )
    return session.scalar(query) == kept.ADDED


# --- Backup -------------------------------------------------------------------------------------


def backup(actor: Actor, target: Path) -> Path:
    """A copy of the whole database in one file; it holds every OLS's notes.

    Raises
    ------
    DeniedError
        Unless the actor works on this machine.
    StoreError
        If the copy cannot be written.
    """
    actors.require(actor, actors.SAVE)
    return store.backup(target)


def restore(actor: Actor, source: Path) -> Path | None:
    """Put a backup in the place of the database; what was erased since stays erased.

    Returns
    -------
    Copy of what was there before; None when there was nothing.

    Raises
    ------
    DeniedError
        Unless the actor works on this machine.
    StoreError
        If the file is no sound backup of ours. The database is then as it was.
    """
    from sqlalchemy import select

    actors.require(actor, actors.RESTORE)
    note = store.models.Note
    erased: list[str] = []
    if store.exists():
        with store.reading() as session:
            erased = list(session.scalars(select(note.id).where(note.state == kept.ERASED)))
    before = store.restore(source)
    back: list[str] = []
    if erased:
        with store.reading() as session:
            present = session.scalars(select(note.id).where(note.state != kept.ERASED))
            back = sorted(set(erased) & set(present))
    for id_ in back:
        kept.erase(actor, id_)
    return before
