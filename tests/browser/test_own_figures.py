"""An own indicator in the real browser: brought, seen on the map with its mark, taken out."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

TITLE = "Personnes suivies"
COMMUNES = {"92094": 40, "91034": 55, "91030": 3, "92114": 60, "91114": 70, "91142": 80}


def pick(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).first.click()


def test_an_indicator_is_brought_seen_with_its_mark_and_removed(
    first_reader: Visitor, tmp_path: Path
) -> None:
    visit = first_reader.open("/donnees?territoire=06&partie=indicateurs")
    page = visit.page
    path = tmp_path / "suivis.csv"
    lines = [f"{code};{count}" for code, count in COMMUNES.items()]
    path.write_text("\r\n".join(["Commune;Suivis", *lines, ""]), "utf-8-sig")
    tab = page.locator("[data-testid=stMain]")
    tab.locator("input[type=file]").set_input_files(path)
    expect(tab.get_by_text("lues dans la colonne")).to_be_visible()
    for label, text in (
        ("Titre", TITLE),
        ("Source", "CPAS de Namur"),
        ("Année", "2025"),
        ("Unité", "personnes"),
    ):
        tab.get_by_label(label, exact=True).fill(text)
        tab.get_by_label(label, exact=True).press("Tab")
    pick(page, "Sens pour le besoin", "Une valeur haute")
    pick(page, "Comment il s’agrège", "Somme")
    expect(tab.get_by_text("1 nombre est sous cinq personnes")).to_be_visible()
    tab.get_by_role("button", name="Ajouter cet indicateur").click()
    expect(page.get_by_text("est ajouté")).to_be_visible()
    visit.settle()
    assert [v["id"] for v in visit.violations()] == []

    seen = first_reader.open(
        "/population?territoire=06&niveau=commune&indicateur=locale_personnes_suivies_2025"
    )
    heading = seen.page.get_by_role("heading", name=f"{TITLE} (donnée locale) par")
    expect(heading.first).to_be_visible()
    row = seen.page.locator("table.jumeau tr", has_text="Ciney")
    expect(row).to_contain_text("masqué")
    dinant = seen.page.locator("table.jumeau tr", has_text="Dinant")
    expect(dinant).to_be_visible()
    assert seen.outside() == []

    pick(page, "Retirer un indicateur", TITLE)
    tab.get_by_role("button", name="Retirer et effacer").click()
    expect(page.get_by_text("est retiré")).to_be_visible()
    assert visit.outside() == []
    assert visit.errors == []


def test_the_part_that_refreshes_asks_nothing_by_itself_and_reads_well(reader: Visitor) -> None:
    visit = reader.open("/donnees?territoire=06&partie=actualiser")
    expect(visit.page.get_by_role("button", name="Demander les derniers")).to_be_visible()
    assert visit.faults() == []
    assert visit.outside() == []
    assert visit.errors == []
