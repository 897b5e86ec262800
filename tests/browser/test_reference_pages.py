"""Repères: every item of the documents is on its page, and acronyms are explained everywhere."""

from __future__ import annotations

import pytest

from olsdata import reference
from olsdata.reference import glossary
from tests.browser.conftest import Visitor


@pytest.mark.parametrize("theme", reference.ORDER)
def test_every_item_of_a_theme_is_on_its_page(reader: Visitor, theme: str) -> None:
    visit = reader.open(f"/reperes?theme={theme}")
    shown = visit.page.evaluate(
        "() => [...document.querySelectorAll('[data-repere]')].map((e) => e.dataset.repere)"
    )
    items = {item for text in shown for item in text.split()}
    assert items == {item for item, (where, _) in reference.items().items() if where == theme}
    assert visit.violations() == []


def test_a_facilitator_says_which_flow_exists_and_finds_it_again(reader: Visitor) -> None:
    visit = reader.open("/reperes?theme=flux&territoire=05&diagramme=ressources")
    visit.page.get_by_text("Dire quels flux existent sur mon territoire").click()
    visit.page.get_by_label("Depuis (année, mois ou jour)").fill("2026-03")
    visit.page.get_by_role("button", name="Enregistrer").click()
    visit.page.get_by_text("existe ici depuis 2026-03").wait_for()
    again = reader.open("/reperes?theme=flux&territoire=05&diagramme=ressources")
    assert again.page.get_by_text("existe ici depuis 2026-03").count() == 1


def test_the_glossary_is_searched_and_the_search_is_a_link(reader: Visitor) -> None:
    visit = reader.open("/glossaire?mot=mandat")
    assert visit.page.locator("table.donnees tbody tr").count() == len(glossary.search("mandat"))
    visit.page.get_by_label("Chercher un terme ou un sigle").fill("aucun de ces mots")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("Aucun terme ne correspond").wait_for()
    assert "mot=aucun" in visit.address()
