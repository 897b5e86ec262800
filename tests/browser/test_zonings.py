"""A new order is imported on the page, and the whole dashboard follows, maps included."""

from __future__ import annotations

from playwright.sync_api import expect

from olsdata import tables, words
from tests.browser.conftest import Visitor


def test_after_an_import_the_population_page_and_its_map_follow(first_reader: Visitor) -> None:
    order = (tables.GEODATA / "decoupages" / "ols.csv").read_text("utf-8")
    changed = order.replace("05,Namur-Ouest,92142", "06,Namur-Dinant,92142")
    before = first_reader.open("/population?territoire=06")
    old = before.page.locator(".carte .chiffre").first.inner_text()
    visit = first_reader.open("/donnees")
    page = visit.page
    page.get_by_role("radio", name="Découpages").click()
    visit.settle()
    panel = page.locator(".st-key-panneau-donnees-decoupage")
    panel.locator("input[type=file]").set_input_files(
        {"name": "arrete.csv", "mimeType": "text/csv", "buffer": changed.encode()}
    )
    visit.settle()
    panel.get_by_role("textbox", name="Source").fill("Arrêté modifié")
    panel.get_by_role("textbox", name="Date de l’acte").fill("20/11/2026")
    panel.get_by_role("button", name="Vérifier la liste").click()
    expect(panel.get_by_text("05 n’est pas d’un seul tenant")).to_be_visible()
    assert visit.violations() == []
    panel.get_by_text("J’ai lu ce rapport").click()
    visit.settle()
    panel.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.get_by_text("le nouveau découpage est en vigueur")).to_be_visible()
    expect(page.get_by_role("radio", name="Découpages")).to_be_checked()
    after = first_reader.open("/population?territoire=06")
    new = after.page.locator(".carte .chiffre").first.inner_text()
    gained = int(tables.shipped().totaux.at["92142", 2026])
    value = [int("".join(c for c in text if c.isdigit())) for text in (old, new)]
    assert value[1] - value[0] == gained, words.number(gained)
    served = [url for url in after.requests if "/static/local/ols-" in url]
    assert served
    assert visit.errors + after.errors == []
