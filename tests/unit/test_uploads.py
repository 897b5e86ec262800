"""What the dashboard reads of a file that anyone may give: read, or said wrong in French."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from olsdata import registry, store, tables
from olsdata.decoupages import report as zonings
from olsdata.drawing import files as drawings
from olsdata.equity import shared
from olsdata.limits import reading as limits
from olsdata.notes import book, files
from olsdata.notes.actors import LOCAL
from olsdata.own import reading as own
from olsdata.reference import marks
from olsdata.sources import update
from olsdata.tables import DataError
from olsdata.trajectory import book as road

Reader = Callable[[bytes, Path], object]
META = {"statut": "officiel", "source": "Arrêté", "date": "20/11/2026", "lien": "", "label": "x"}


def _faults(found: Any) -> None:
    """What some readers give instead of raising."""
    if found.faults:
        raise DataError("\n".join(found.faults))


def _restored(raw: bytes, folder: Path) -> None:
    (folder / "s.sqlite").write_bytes(raw)
    files.restore(LOCAL, folder / "s.sqlite")


def _limits(raw: bytes, folder: Path) -> None:
    (folder / "limites").write_bytes(raw)
    limits.read(folder / "limites", "limites.geojson")


READERS: dict[str, Reader] = {
    "flux": lambda raw, _: marks.keep(LOCAL, "05", marks.read(raw)),
    "walstat": lambda raw, _: _faults(update.opened(raw, "bim.csv", "bim_pct")),
    "statbel": lambda raw, _: _faults(update.opened(raw, "TF_PSNL_INC_TAX_MUNTY.xlsx")),
    "limites": _limits,
    "trajectoire": lambda raw, _: road.take(LOCAL, road.read(raw)),
    "bassins": lambda raw, _: _faults(drawings.read_file(raw, "05")),
    "poids": lambda raw, _: shared.read(raw),
    "notes": lambda raw, _: _faults(files.import_notes(LOCAL, raw)),
    "sauvegarde": _restored,
    "registre": lambda raw, _: _faults(registry.import_csv(LOCAL, raw)),
    "médecins": lambda raw, _: _faults(registry.import_counts(LOCAL, raw)),
    "découpage": lambda raw, _: _faults(zonings.check(raw, "ols", META)),
    "indicateur": lambda raw, _: own.read(raw, "mien.csv"),
}
"""Where a file is given → what reads it; each uploader of the dashboard is here."""


def _workbook() -> bytes:
    file = io.BytesIO()
    with pd.ExcelWriter(file) as book_:
        for sheet, commune in (("Un", "Namur"), ("Deux", "Liège")):
            frame = pd.DataFrame({"commune": [commune], "valeur": [1]})
            frame.to_excel(book_, sheet_name=sheet, index=False)
    return file.getvalue()


DEPTH = 100_000
WRONG = {
    "vide": b"",
    "image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "zéros": b"\x00" * 500,
    "latin-1": "Thème;Année\r\nÂge;2021\r\n".encode("latin-1"),
    "marque": "\ufeffthème,année\nâge,2021\n".encode(),
    "classeur": _workbook(),
    "30 Mo": b"x,y\n" + b"1,2\n" * 7_500_000,
    "objet": b'{"a": 1}',
    "liste": b"[1, 2]",
    "profond": b"[" * DEPTH + b"]" * DEPTH,
    "profond, objet": b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    "profond, permis": b'{"a":' * 500 + b"1" + b"}" * 500,
    "nombre": b"9" * 6000,
}
ENGLISH = ("Error", "error", "expected", "invalid", "codec", "Traceback", "not ")


def contents() -> dict[str, int]:
    """Rows of each table of the store."""
    from sqlalchemy import func, select

    tables_ = store.models.Base.metadata.sorted_tables
    with store.reading() as session:
        counts = {t.name: session.scalar(select(func.count()).select_from(t)) for t in tables_}
    return {name: int(count or 0) for name, count in counts.items()}


@pytest.mark.parametrize("reader", READERS)
def test_a_file_of_another_kind_is_said_wrong_in_french_and_changes_nothing(
    reader: str, tmp_path: Path
) -> None:
    kept = book.add(LOCAL, KEPT)
    before, version = contents(), tables.load().version
    for wrong, raw in WRONG.items():
        if (reader, wrong) == ("indicateur", "classeur"):
            continue  # a workbook is read there
        with pytest.raises(DataError) as refused:
            READERS[reader](raw, tmp_path)
        said = str(refused.value)
        assert said.endswith((".", "…")), wrong
        assert not [word for word in ENGLISH if word in said], wrong
        if wrong == "vide":
            assert "vide" in said or reader in ("sauvegarde", "walstat", "statbel")
    assert book.find(LOCAL).notes == [kept]
    assert (contents(), tables.load().version) == (before, version)


KEPT = book.Content(text="Les rendez-vous sont rares.", place="05", kind="soft", direction="plus")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_flows_are_taken_back_from_what_a_spreadsheet_saves(encoding: str) -> None:
    said = marks.Mark("donnees", "bassins", "ols", "relevé d’été", "existe", "2026", "déjà là")
    marks.keep(LOCAL, "05", [said])
    text = marks.export(LOCAL, "05").decode("utf-8-sig").replace("\n", "\r\n")
    assert marks.read(text.encode(encoding)) == [said]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lignes": 5}, "« lignes » manque"),
        ({"lignes": {"a": 1}}, "« lignes » manque"),
        ({"lignes": [5]}, "Ligne 1 : illisible"),
        ({"key": ["6"]}, "Ligne 1 : illisible"),
        ({"moment": "x" * 33}, "Ligne 1 : illisible"),
        ({"content": []}, "Ligne 1 : illisible"),
        ({"gone": "oui"}, "Ligne 1 : illisible"),
    ],
)
def test_a_trajectory_with_a_wrong_row_keeps_nothing(change: dict[str, Any], says: str) -> None:
    step = {"position": 3, "raison": "Elle commence.", "essai": ""}
    road.keep(LOCAL, "05", road.STEP, "6", step)
    whole = json.loads(json.dumps(road.export(LOCAL, "05")))
    row = {**whole["lignes"][0], "moment": "2026-01-01"}
    whole |= {"lignes": [row | change]} if "lignes" not in change else change
    with pytest.raises(DataError, match=says):
        road.take(LOCAL, road.read(json.dumps(whole).encode()))
    assert len(road.history(LOCAL, "05", road.STEP, "6")) == 1


def test_a_workbook_says_which_of_its_sheets_is_read() -> None:
    sheet = own.read(_workbook(), "mien.xlsx")
    assert sheet.codes == ("92094",)
    assert sheet.table.sheets == ("Un", "Deux")
    assert own.read(b"commune,valeur\nNamur,1\n", "mien.csv").table.sheets == ()
