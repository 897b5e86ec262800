"""An own indicator: any honest file is read, any wrong one is told by row and column."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from olsdata import catalogue, checks, figures, tables, territory
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.own import indicator, reading
from olsdata.own.indicator import MEAN, RATIO, SUM, Form
from olsdata.tables import DataError

RATE = Form(
    "Ménages à l’épicerie sociale", "CPAS de Namur", "2025", "%", "haut", MEAN, "Taux", decimals=1
)
COUNT = replace(RATE, unit="personnes", aggregation=SUM, column="n", persons=False)
PLACES = {"92094": "Namur", "91005": "Anhée", "92142": "Gembloux", "62063": "Liège"}
VALUES = {"92094": 12.5, "91005": 8.25, "92142": 1234.5, "62063": 30.0}

Rows = list[dict[str, str]]


def written(separator: str, comma: bool, names: bool, end: str = "\n") -> str:
    lines = [f"Commune{separator}Taux"]
    for code, name in PLACES.items():
        value = f"{VALUES[code]:.2f}"
        if comma:
            value = f"{VALUES[code]:,.2f}".replace(",", "\u202f").replace(".", ",")
        lines.append(f"{name if names else code}{separator}{value}")
    return end.join([*lines, ""])


FILES = {
    "virgule": written(",", comma=False, names=False).encode(),
    "point-virgule": written(";", comma=True, names=True).encode("utf-8"),
    "BOM": written(";", comma=True, names=True, end="\r\n").encode("utf-8-sig"),
    "Windows": written(";", comma=False, names=True, end="\r\n").encode("cp1252"),
    "UTF-16": written("\t", comma=True, names=True).encode("utf-16"),
    "vieux Mac": written(";", comma=True, names=True, end="\r").encode(),
    "barres": written("|", comma=False, names=False).encode(),
}


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


FILES["XLSX"] = workbook([["Commune", "Taux"], *[[int(c), v] for c, v in VALUES.items()]])


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_is_read_whatever_its_separator_decimals_mark_or_encoding(name):
    ready = indicator.prepared(FILES[name], f"{name}.csv", RATE)
    assert ready.kept.values["valeur"].dropna().to_dict() == VALUES
    assert ready.places == 4


def test_it_is_marked_wherever_its_source_is_shown_and_follows_the_levels():
    id_ = indicator.add(LOCAL, indicator.prepared(FILES["BOM"], "taux.csv", RATE))
    card = catalogue.card(id_)
    assert card.own
    assert card.source == "CPAS de Namur, 2025 (donnée locale)"
    communes = figures.by_zone(id_, territory.zoning("communes"))
    assert communes.at["92094", "valeur"] == pytest.approx(12.5)
    assert communes["source"].str.contains("donnée locale").all()
    assert figures.twin(id_, territory.find("06"), "commune").at["91005", "valeur"] == 8.25
    assert np.isnan(figures.value(id_, territory.find("06")))
    assert id_ in {r.card.id for r in figures.profile(*[territory.find("06")] * 2)[card.block]}
    report = checks.run()
    assert not report.wrong
    assert any("1 donnée locale" in line for line in report.proved)
    indicator.remove(LOCAL, id_)
    assert id_ not in catalogue.cards()
    assert "~" not in tables.load().version


def test_a_sum_and_a_ratio_agree_with_a_count_by_hand(plain: Callable[[str], Rows]):
    shares = territory.zoning("ols").people.loc["10"]
    codes = list(shares.index[shares > 0])
    rows = [f"{code};{10 + i};{100 + i}" for i, code in enumerate(codes)]
    data = "\n".join(["refnis;n;d", *rows]).encode()
    total = indicator.add(LOCAL, indicator.prepared(data, "n.csv", COUNT))
    ratio = replace(RATE, title="Part", aggregation=RATIO, column="n", below="d", factor=1000)
    part = indicator.add(LOCAL, indicator.prepared(data, "n.csv", ratio))
    n = sum(10 + i for i in range(len(codes)))
    d = sum(100 + i for i in range(len(codes)))
    here = territory.find("10")
    assert figures.value(total, here) == n
    assert figures.value(part, here) == pytest.approx(1000 * n / d)


def test_sectors_give_exact_values_to_zones_that_cut_a_commune(plain: Callable[[str], Rows]):
    rows = plain("secteurs.csv")
    lines = [f"{row['secteur'].lower()};{i % 50 + 5}" for i, row in enumerate(rows)]
    data = "\n".join(["cd_sector;n", *lines]).encode()
    form = replace(COUNT, persons=True)
    ready = indicator.prepared(data, "n.csv", form)
    assert (ready.hidden, ready.kept.by_sector) == (0, True)
    id_ = indicator.add(LOCAL, ready)
    zoning = territory.zoning("ols")
    expected: dict[str, int] = {}
    for i, row in enumerate(rows):
        zone = zoning.sectors.get(row["secteur"])
        expected[zone] = expected.get(zone, 0) + i % 50 + 5
    found = figures.by_zone(id_, zoning)
    assert found["valeur"].to_dict() == {z: float(expected[z]) for z in zoning.zones.index}
    cut = territory.zoning("bassins")
    assert figures.by_zone(id_, cut)["valeur"].notna().all()


def test_places_that_a_file_does_not_name_are_nought_only_where_the_reader_says_so():
    data = b"refnis;n\n92094;40\n91005;60\n"
    plain_ = indicator.prepared(data, "n.csv", COUNT)
    zeros = indicator.prepared(data, "n.csv", replace(COUNT, zeros=True))
    assert plain_.places == 2
    inside = territory.zoning("communes").zones["ols"].eq("06").sum()
    assert zeros.places == inside
    assert np.isnan(zeros.kept.values.at["62063", "valeur"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "vide"),
        ("Commune;Taux\n", "aucune ligne"),
        ("Commune;Taux\nNamur;douze\n", "Ligne 2, colonne « Taux » : nombre attendu, « douze »"),
        ("Commune;Taux\nNamur;1\nGand;2\nLiège;3\n", "Ligne 3, colonne « Commune » : .*« Gand »"),
        ("Commune;Taux\nNamur;1\n92094;2\n", "Ligne 3.*figure déjà à la ligne 2"),
        ("Commune;Taux\nNamur;1;2\n", "Ligne 2 : 3 colonnes au lieu de 2"),
        ("Commune;Taux\nNamur\n", "Ligne 2 : 1 colonnes au lieu de 2"),
        ("Commune;Taux;Taux\nNamur;1;2\n", "« Taux » figure deux fois"),
        ("Commune;;Taux\nNamur;1;2\n", "titre de la colonne manque"),
        ("Commune\nNamur\n", "manque une colonne de valeurs"),
        ("Lieu;Taux\nici;1\nlà;2\n", "Aucune colonne ne nomme"),
        ("Commune;Autre\nNamur;1\n", "pas de colonne « Taux »"),
        ("Commune;Taux\nNamur;nd\n", "aucune valeur"),
        ('Commune;Taux\n"Namur;1\n', "guillemets"),
        ("<!doctype html><html>", "page web"),
        ("a\x00b", "ni un CSV ni un classeur"),
    ],
)
def test_a_bad_file_is_told_by_row_and_column_and_nothing_is_kept(text, message):
    with pytest.raises(DataError, match=message):
        indicator.prepared(text.encode(), "n.csv", RATE)
    assert tables.load().locales == {}


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        (replace(COUNT, persons=True), "92094;2,5", "Ligne 2, colonne « n » : .*entier"),
        (replace(COUNT, persons=True), "92094;-2", "valeur négative"),
        (replace(COUNT, aggregation=RATIO, below="d"), "92094;9;3", "plus grand que le dénom"),
        (replace(COUNT, aggregation=RATIO, below="d"), "92094;9;0", "zéro, sous 9"),
    ],
)
def test_counts_that_cannot_be_are_refused(form, text, message):
    with pytest.raises(DataError, match=message):
        indicator.prepared(f"refnis;n{';d' if form.below else ''}\n{text}\n".encode(), "n", form)


def test_a_damaged_workbook_and_a_file_that_is_too_large_are_refused():
    with pytest.raises(DataError, match="illisible ou abîmé"):
        indicator.prepared(FILES["XLSX"][:-300], "n.xlsx", RATE)
    with pytest.raises(DataError, match="Mo"):
        reading.read(b"a;b\n" * 4_000_000, "n.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " "}, "Titre : manquant"),
        ({"source": ""}, "Source : manquant"),
        ({"year": "l’an dernier"}, "Année"),
        ({"unit": ""}, "Unité : manquant"),
        ({"polarity": ""}, "Sens pour le besoin : à choisir"),
        ({"aggregation": ""}, "Agrégation : à choisir"),
        ({"column": ""}, "Colonne des valeurs"),
        ({"title": "a\nb"}, "saut de ligne"),
        ({"title": "![x](https://ailleurs)"}, r"Titre : le signe « \[ »"),
        ({"source": "<b>CPAS</b>"}, "Source : le signe « < »"),
        ({"source": "https://cpas.be"}, "« :// » n’y est pas admis. Une adresse va dans le champ"),
        ({"aggregation": RATIO}, "dénominateur : à choisir"),
        ({"aggregation": RATIO, "below": "Taux"}, "même colonne"),
        ({"link": "javascript:alert(1)"}, "http"),
    ],
)
def test_a_card_that_lacks_what_it_must_say_is_refused(change, message):
    with pytest.raises(DataError, match=message):
        indicator.prepared(FILES["BOM"], "n.csv", replace(RATE, **change))


def test_the_same_title_and_year_is_not_taken_twice_and_another_role_may_not():
    ready = indicator.prepared(FILES["BOM"], "n.csv", RATE)
    with pytest.raises(DeniedError):
        indicator.add(Actor("participant", "06"), ready)
    id_ = indicator.add(LOCAL, ready)
    with pytest.raises(DataError, match="existe déjà"):
        indicator.add(LOCAL, ready)
    with pytest.raises(DeniedError):
        indicator.remove(Actor("lecteur", "06"), id_)
    with pytest.raises(DataError, match="n’est pas un de vos"):
        indicator.remove(LOCAL, "bim_pct")


def test_texts_of_the_reader_come_back_as_they_were_typed():
    odd = 'L’« essai » "2" & (1) 🙂 = a ; b'
    form = replace(RATE, title=odd, source=odd, limits=odd)
    id_ = indicator.add(LOCAL, indicator.prepared(FILES["BOM"], "é\"'.csv", form))
    card = catalogue.card(id_)
    assert (card.title, card.publisher) == (odd, odd)
    assert card.limits.startswith(odd)
