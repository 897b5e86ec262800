"""The whole registry as one CSV, out and in.

One row per structure. ``communes`` holds its zone: « 92094 Namur=1 | 92003 Andenne=0.5 |
91030 Ciney=? »; « ? » is an unknown share, « ° » after a share a commune that is only deduced. An
imported row never replaces a sourced one: it becomes a proposal beside it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from olsdata import store, tables, words
from olsdata.exports.tables import FORMULA_STARTS, to_csv
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.registry import checks, rights
from olsdata.registry import proposals as kept
from olsdata.registry.proposals import STATUS, Content, Coverage, checked, sourced
from olsdata.tables import DataError

MOST_BYTES = 10_000_000
"""Forty times the embedded registry; a larger file is something else."""

COLUMNS = (
    "id",
    "corrige",
    "type",
    "nom",
    "siege_refnis",
    "siege",
    "date",
    "source",
    "lien",
    "statut",
    "role",
    "remarque",
    "communes",
)
NEEDED = ("id", "type", "nom", "date", "source", "communes")
STATES = ("", "source", "a_verifier", STATUS)
SEPARATOR, UNKNOWN, DEDUCED = " | ", "?", "°"
MOST_FAULTS = 50

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")
_PAIR = re.compile(r"(?P<commune>[^=]+?)\s*(=\s*(?P<share>[^=°]*?)\s*(?P<deduced>°)?)?")
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")


@dataclass
class Report:
    """What an import did; with a fault, it did nothing.

    Attributes
    ----------
    added, corrected, revised : proposals made (additions, corrections) or changed
    unchanged : rows that say what is known already
    withdrawn : rows whose proposal was withdrawn here, and stays so
    faults : one French sentence per wrong row
    """

    added: int = 0
    corrected: int = 0
    revised: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What was done, in French."""
        parts = [
            words.plural(count, one, many)
            for count, one, many in (
                (self.added, "ajout", "ajouts"),
                (self.corrected, "correction", "corrections"),
                (self.revised, "proposition modifiée", "propositions modifiées"),
                (self.withdrawn, "proposition déjà retirée ici", "propositions déjà retirées ici"),
            )
            if count
        ]
        same = words.plural(self.unchanged, "ligne inchangée", "lignes inchangées")
        return f"{words.listing([*parts, same])}."


# --- Out ----------------------------------------------------------------------------------------


def export_frame() -> pd.DataFrame:
    """The sourced rows, then the active proposals: index id, the other columns as texts."""
    status = tables.load().structures["statut"]
    rows = [_row(id_, content, str(status[id_]), "") for id_, content in sourced().items()]
    active = sorted(kept.proposals(), key=lambda p: p.id)
    rows += [_row(p.id, p.content, STATUS, p.role) for p in active]
    return pd.DataFrame(rows, columns=list(COLUMNS)).set_index("id")


def export_csv() -> str:
    """The registry as the command line writes it: UTF-8, comma."""
    return to_csv(export_frame())


def _row(id_: str, content: Content, status: str, role: str) -> dict[str, str]:
    return {
        "id": id_,
        "corrige": content.corrects,
        "type": content.type,
        "nom": content.name,
        "siege_refnis": content.seat_refnis,
        "siege": content.seat,
        "date": content.date,
        "source": content.source,
        "lien": content.link,
        "statut": status,
        "role": role,
        "remarque": content.remark,
        "communes": SEPARATOR.join(map(_pair, content.communes)),
    }


def _pair(item: Coverage) -> str:
    name = tables.load().communes.at[item.refnis, "nom"]
    share = UNKNOWN if item.share is None else f"{item.share:.{checks.SHARE_DECIMALS}f}"
    share = share.rstrip("0").rstrip(".") if item.share is not None else share
    return f"{item.refnis} {name}={share}{DEDUCED if item.deduced else ''}"


# --- In -----------------------------------------------------------------------------------------


def read_table(
    data: bytes | Path,
    known: tuple[str, ...],
    needed: tuple[str, ...],
    most: int = MOST_BYTES,
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV written by anyone: UTF-8 or Windows encoding, comma or semicolon.

    Parameters
    ----------
    data : the file, or its content
    known, needed : columns that may be there, and those that must be
    most : size in bytes from which it is refused

    Returns
    -------
    Line number in the file and cells of each row that is not empty; columns that the file does
    not have are absent.

    Raises
    ------
    DataError
        If it is too large (said before it is read), is not a CSV, or its columns or rows are
        not those expected.
    """
    columns, rows = read_rows(data, most)
    missing = [name for name in needed if name not in columns]
    if missing:
        raise DataError(f"Ligne 1 : il manque la colonne {', '.join(f'« {m} »' for m in missing)}.")
    strange = [name for name in columns if name not in known]
    doubles = sorted({name for name in columns if columns.count(name) > 1})
    if strange or doubles:
        what = "colonne inconnue" if strange else "colonne en double"
        raise DataError(f"Ligne 1 : {what}, « {(strange or doubles)[0][:40]} ».")
    return [(line, dict(zip(columns, cells, strict=True))) for line, cells in rows]


def read_rows(
    data: bytes | Path, most: int = MOST_BYTES
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Headers in lower case, then the line number and cells of each row that is not empty.

    Raises
    ------
    DataError
        If the file is too large or is not a CSV; while the rows are read, if they have different
        widths, or there is none.
    """
    text = _decoded(read_bytes(data, most))
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=lambda sign: (head.count(sign), sign == ","))
    rows = _records(text, separator)
    _, header = next(rows, (1, []))
    return [name.strip().casefold().lstrip("'") for name in header], _full(rows, len(header))


def _full(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    empty = True
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            raise DataError(f"Ligne {line} : {len(cells)} colonnes au lieu de {width}.")
        empty = False
        yield line, [_plain(cell) for cell in cells]
    if empty:
        raise DataError("Le fichier n’a aucune ligne après ses en-têtes.")


def read_bytes(data: bytes | Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file that anyone may have made; its size is looked at before it is read.

    Raises
    ------
    DataError
        If it is too large, or cannot be read.
    """
    if isinstance(data, Path):
        try:
            size = data.stat().st_size
            if not data.is_file():
                raise DataError(f"« {data} » n’est pas un fichier.")
            _refuse_large(size, most)
            return data.read_bytes()
        except OSError:
            raise DataError(f"Fichier introuvable ou illisible : « {data} ».") from None
    _refuse_large(len(data), most)
    return data


def _refuse_large(size: int, most: int) -> None:
    if size > most:
        raise DataError(
            f"Le fichier fait {size / 1e6:.0f} Mo ; un fichier de cette sorte n’en fait pas "
            f"plus de {most / 1e6:.0f}. Rien n’a été lu."
        )


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DataError("C’est un classeur : enregistrez la feuille en CSV, puis importez le CSV.")
    if b"\x00" in raw:
        raise DataError("Ce fichier n’est pas un CSV.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise DataError("Encodage inconnu : enregistrez le fichier en CSV UTF-8.") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError("Le fichier est vide.")
    return text


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise DataError(
                f"Ligne {line} : guillemets mal fermés ou cellule trop longue."
            ) from None
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1


def _plain(cell: str) -> str:
    """A cell without the apostrophe that our exports put before what a formula begins with."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def parse_communes(cell: str) -> tuple[Coverage, ...]:
    """The zone written in a cell.

    Raises
    ------
    DataError
        One line per commune or share that is wrong.

    Examples
    --------
    >>> [(c.refnis, c.share, c.deduced) for c in parse_communes("Namur=1 | 92003 Andenne=50 %")]
    [('92003', 0.5, False), ('92094', 1.0, False)]
    >>> parse_communes("Ciney=?°")
    (Coverage(refnis='91030', share=None, deduced=True),)
    """
    found, faults = [], []
    for item in filter(None, (part.strip() for part in cell.split("|"))):
        match = _PAIR.fullmatch(item)
        try:
            if match is None:
                raise DataError(f"« {item[:60]} » : écrivez « commune=part ».")
            share = _share(match["share"] or "")
            code = checks.commune(match["commune"])
            found.append(Coverage(code, checks.share(share), bool(match["deduced"])))
        except DataError as error:
            name = (match["commune"] if match else item)[:40]
            text = str(error)
            faults.append(text if text.startswith(("Commune", "«")) else f"{name} : {text}")
    if faults:
        raise DataError("\n".join(faults))
    return tuple(sorted(found, key=lambda c: c.refnis))


def _share(text: str) -> float | None:
    if text in ("", UNKNOWN):
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise DataError(f"part « {text[:20]} » : un nombre de 0 à 1, un pourcentage ou « ? ».")
    return float(match[1].replace(",", ".")) / (100 if match[2] else 1)


@dataclass(frozen=True)
class _Line:
    number: int
    id: str
    role: str
    content: Content


def import_csv(actor: Actor, data: bytes | Path, role: str = "facilitateur") -> Report:
    """Take a registry file: rows that say something new become proposals, all or none.

    Parameters
    ----------
    data : the file, or its content
    role : role of the author of the rows that do not give one

    Returns
    -------
    Report; when it has faults, nothing was changed.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry.
    StoreError
        If the database refuses; nothing is then changed.
    """
    actors.require(actor, actors.KEEP)
    report = Report()
    try:
        role = rights.role(actor, role)
        rows = read_table(data, COLUMNS, NEEDED)
    except DataError as error:
        report.faults = [str(error)]
        return report
    lines, first = [], dict[str, int]()
    for number, cells in rows:
        try:
            line = _line(number, cells, role)
            if line.id and line.id in first:
                raise DataError(f"id « {line.id[:64]} » déjà pris à la ligne {first[line.id]}.")
            if line.id:
                first[line.id] = number
            lines.append(line)
        except DataError as error:
            report.faults += [f"Ligne {number} : {fault}" for fault in str(error).splitlines()]
    if len(report.faults) > MOST_FAULTS:
        more = len(report.faults) - MOST_FAULTS
        report.faults = [*report.faults[:MOST_FAULTS], f"… et {more} autres."]
    if not report.faults:
        _keep(actor, lines, report)
    return report


def _line(number: int, cells: dict[str, str], role: str) -> _Line:
    """One row, checked; a row that repeats a sourced one is not checked further."""
    id_, corrects = cells["id"], cells.get("corrige", "")
    known = sourced().get(id_)
    if id_ and known is None and not _ID.fullmatch(id_):
        raise DataError(f"id « {id_[:64]} » : lettres sans accent, chiffres et tirets seulement.")
    if known is not None and corrects:
        raise DataError(f"id « {id_} » : une ligne du registre n’en corrige pas une autre.")
    if cells.get("statut", "") not in STATES:
        raise DataError(f"statut inconnu, « {cells['statut'][:40]} ».")
    faults: list[str] = []
    zone: tuple[Coverage, ...] = ()
    try:
        zone = parse_communes(cells["communes"])
    except DataError as error:
        faults += str(error).splitlines()
    start = known or Content(type="", name="", source="", date="")
    content = replace(
        start,
        type=cells["type"],
        name=cells["nom"],
        source=cells["source"],
        date=cells["date"],
        communes=zone,
        seat_refnis=cells.get("siege_refnis", start.seat_refnis),
        seat=cells.get("siege", start.seat),
        link=cells.get("lien", start.link),
        remark=cells.get("remarque", start.remark),
        corrects=corrects,
    )
    if known is not None and not faults and content == _trimmed(known):
        return _Line(number, id_, role, known)
    try:
        content = checked(replace(content, corrects=id_ if known is not None else corrects))
        # What others said on another machine is kept as they said it.
        role = checks.role(cells["role"]) if cells.get("role") else role
    except DataError as error:
        faults += str(error).splitlines()
    if faults:
        raise DataError("\n".join(faults))
    return _Line(number, id_, role, content)


def _trimmed(content: Content) -> Content:
    """A sourced row as it comes back from a file."""
    texts = {
        key: _plain(getattr(content, key).replace("\r\n", "\n").replace("\r", "\n"))
        for key in ("name", "source", "date", "seat", "link", "remark")
    }
    return replace(content, **texts)  # type: ignore[arg-type]


def _keep(actor: Actor, lines: list[_Line], report: Report) -> None:
    """Write what is new, in one transaction."""
    embedded = sourced()
    fresh = [line for line in lines if embedded.get(line.id) is not line.content]
    report.unchanged = len(lines) - len(fresh)
    if not fresh:
        return
    with store.writing() as session:
        rows = {row.id: row for row in kept._rows(session, withdrawn=True)}
        said = {kept._content(row) for row in rows.values() if row.state == kept.ACTIVE}
        for line in fresh:
            mine = None if line.id in embedded else rows.get(line.id)
            if mine is not None and mine.state != kept.ACTIVE:
                report.withdrawn += 1
            elif line.content in said:
                report.unchanged += 1
            elif mine is not None:
                rights.touches(actor, kept.zone(kept._content(mine)))
                kept.change(session, mine, line.content, line.role)
                report.revised += 1
            else:
                kept.add(session, line.content, line.role, "" if line.id in embedded else line.id)
                if line.content.corrects:
                    report.corrected += 1
                else:
                    report.added += 1
            said.add(line.content)
