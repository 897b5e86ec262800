"""Tables as workbooks and as CSV: nothing runs, numbers are numbers, and the table says itself."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from olsdata import catalogue, figures, tables, territory
from olsdata.exports import workbook
from olsdata.exports.tables import FORMULA_STARTS, to_csv, to_french_csv

DANGEROUS = [f"{start}1+1" for start in FORMULA_STARTS] + ['=HYPERLINK("http://x.be")', "@SUM(A1)"]
FRAME = pd.DataFrame(
    {
        "texte": [*DANGEROUS, "Namur"],
        "nombre": [-2.5, float("nan"), *(float(i) for i in range(len(DANGEROUS) - 1))],
        "entier": range(len(DANGEROUS) + 1),
        "oui": [True] * (len(DANGEROUS) + 1),
        "=tete": ["a\x00b"] * (len(DANGEROUS) + 1),
    },
    index=pd.Index([f"0{i}" for i in range(len(DANGEROUS) + 1)], name="zone"),
)
ABOUT = workbook.About("Titre", "Statbel", "2021", "CC BY 4.0", "=Limites")


def opened(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(raw))


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    book = opened(workbook.of_table(FRAME, ABOUT))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith(FORMULA_STARTS)]


def test_numbers_stay_numbers_codes_stay_texts_and_what_is_missing_is_empty() -> None:
    rows = list(opened(workbook.of_table(FRAME, ABOUT))["Tableau"].iter_rows(values_only=True))
    assert rows[0] == ("zone", "texte", "nombre", "entier", "oui", "'=tete")
    assert rows[1][0] == "00"
    assert rows[1][2] == -2.5
    assert rows[2][2] is None
    assert rows[3][3] == 2
    assert rows[1][4] == "oui"
    assert rows[1][5] == "ab"


def test_the_first_sheet_says_title_source_year_licence_limits_version_and_date() -> None:
    raw = workbook.of_table(FRAME, ABOUT, date(2026, 11, 22))
    book = opened(raw)
    assert book.sheetnames == ["À lire", "Tableau"]
    said = [str(row[0]) for row in book["À lire"].iter_rows(values_only=True)]
    assert said[0] == "Titre"
    text = " ".join(said).replace("\xa0", " ")
    for part in (
        "Source : Statbel",
        "Année : 2021",
        "Licence : CC BY 4.0",
        "Limites : =Limites",
        f"Version des données : {tables.load().version}",
        "Établi le : 22/11/2026",
    ):
        assert part in text
    assert "Licence" not in " ".join(workbook.About("T", "S").lines())


def test_a_table_of_figures_says_what_its_card_says() -> None:
    card = catalogue.card("pct_65p_2021")
    about = workbook.of_cards([card.id], "Titre")
    assert (about.source, about.year, about.licence) == (card.source, card.year, card.licence)
    both = workbook.of_cards([card.id, "pct_80p_2021", "physio_per_10k_2025"], "Titre", True)
    assert both.source.startswith(f"{card.source} ; INAMI")
    assert both.source.endswith("notes de terrain lues sur cet ordinateur")


def test_a_workbook_keeps_the_full_precision_of_the_figures() -> None:
    frame = figures.by_zone("pct_65p_2021", territory.zoning("ols"))
    sheet = opened(workbook.of_table(frame, ABOUT))["Tableau"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows] == pytest.approx(frame["valeur"].tolist(), rel=1e-14)
    assert [row[0] for row in rows] == frame.index.tolist()


def test_a_workbook_may_have_more_columns_than_letters() -> None:
    wide = pd.DataFrame([range(40)], columns=[f"c{i}" for i in range(40)])
    rows = list(opened(workbook.of_table(wide, ABOUT))["Tableau"].iter_rows(values_only=True))
    assert rows[1][1:] == tuple(range(40))


def test_the_two_ways_out_hold_the_same_cells() -> None:
    frame = figures.by_zone("pct_65p_2021", territory.zoning("ols"))
    lines = list(csv.reader(io.StringIO(to_french_csv(frame).decode("utf-8-sig")), delimiter=";"))
    sheet = opened(workbook.of_table(frame, ABOUT))["Tableau"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert lines[0] == rows[0]
    for line, row in zip(lines[1:], rows[1:], strict=True):
        for text, value in zip(line, row, strict=True):
            if isinstance(value, float | int):
                assert float(text.replace(",", ".")) == pytest.approx(value, rel=1e-14)
            else:
                assert text == value


def test_every_table_of_the_pages_goes_out_the_same_way(root: Path) -> None:
    """Only these places may offer a CSV themselves: files that our own imports read back."""
    own = {"cards.py", "drawings.py", "mydata.py", "reference.py", "shared_weights.py"}
    found = {
        path.name
        for path in (root / "olsdata/ui").glob("*.py")
        if re.search(r"text/csv|to_french_csv", path.read_text("utf-8"))
    }
    assert found <= own, found - own


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice n’est pas installé")
def test_libreoffice_opens_the_csv_without_any_formula(tmp_path: Path) -> None:
    for name, raw in (("a.csv", to_csv(FRAME).encode()), ("b.csv", to_french_csv(FRAME))):
        (tmp_path / name).write_bytes(raw)
        command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), name]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
        book = openpyxl.load_workbook((tmp_path / name).with_suffix(".xlsx"))
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
