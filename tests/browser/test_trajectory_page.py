"""Trajectoire: a team places itself at two meetings, answers apart, and finds it again."""

from __future__ import annotations

from typing import Any

import pytest

from olsdata.notes.actors import LOCAL
from olsdata.trajectory import FUNCTIONS, WORDS, book, grids, steps
from olsdata.ui.trajectory import PARTS
from tests.browser.conftest import TWO_SCREENS, Visitor
from tests.browser.test_reader import choose
from tests.server import Server


def test_a_team_shows_how_its_trajectory_moved_between_two_meetings(reader: Visitor) -> None:
    visit = reader.open("/trajectoire?territoire=07&etape=6")
    page = visit.page
    for moves, reason in ((2, "comité trop lourd"), (3, "deux bassins décident seuls")):
        thumb = page.get_by_role("slider", name="Où nous plaçons-nous entre les deux ?")
        thumb.focus()
        for _ in range(moves):
            page.keyboard.press("ArrowRight")
        page.get_by_label("Pourquoi", exact=True).fill(reason)
        page.get_by_label("Pourquoi", exact=True).blur()
        visit.settle()
        page.get_by_role("button", name="Enregistrer la position").click()
        page.get_by_role("row").filter(has_text="cran").filter(has_text=reason).first.wait_for()
        visit.settle()
    again = reader.open("/trajectoire?territoire=07&etape=6")
    assert again.page.get_by_text("deux bassins décident seuls").count() >= 2
    told = again.page.get_by_text("cran 10, tout à « coopération »")
    assert told.count() == 1
    again.page.get_by_role("button", name="6. Gouvernance : cran 10").press("ArrowUp")
    again.page.keyboard.press("Enter")
    again.page.get_by_role("heading", name="Étape 5.4, rencontre par rencontre").wait_for()
    again.settle()
    assert "etape=5.4" in again.address()
    assert again.violations() == []


def test_two_people_answer_before_they_see_each_other(reader: Visitor) -> None:
    visit = reader.open("/trajectoire?territoire=08&partie=grilles&grille=quintuple")
    page = visit.page
    page.get_by_text("Ouvrir un tour de table").click()
    page.get_by_label("Titre (« réunion d’équipe »)").fill("réunion de mars")
    page.get_by_label("Titre (« réunion d’équipe »)").blur()
    visit.settle()
    page.get_by_role("button", name="Ouvrir le tour").click()
    page.get_by_text("Tour ouvert.").wait_for()
    visit.settle()
    for word, close in (("en germe", "Personne suivante"), ("ancré", "Dévoiler les réponses")):
        page.get_by_role("button", name="Équité").click()
        visit.settle()
        panel = page.locator(".st-key-panneau-question").filter(has_text="Ceux qui en ont")
        panel.get_by_text(word, exact=True).click()
        visit.settle()
        if word == "ancré":
            panel.get_by_role("combobox", name="Notes et chiffres").fill("65 ans et plus")
            page.get_by_role("option", name="Chiffre : 65 ans et plus, 2021", exact=True).click()
            page.keyboard.press("Escape")
            visit.settle()
        panel.get_by_role("button", name="Garder ma réponse").click()
        page.get_by_role("button", name="Équité · répondu").wait_for()
        page.get_by_role("heading", name="Usage des ressources").wait_for()
        visit.settle()
        assert page.get_by_role("columnheader", name="En germe").count() == 0
        page.get_by_role("button", name=close).click()
        visit.settle()
    equity = page.get_by_role("row").filter(has_text="Équité")
    equity.wait_for()
    answers = equity.get_by_role("cell").all_inner_texts()
    said = ["", "1", "", "1", "", "Chiffre : 65 ans et plus, 2021"]
    assert [text.strip(" ●") for text in answers] == said


REASON = "Le comité reste lourd : deux structures décident, et les bassins l’apprennent après coup."
TRY = "Tenir la prochaine rencontre dans le bassin le plus éloigné, et y inviter le CPAS."
AROUND = {
    "Cercle de médecins généralistes": ("1LSS", "membre", "bassin"),
    "Maison médicale": ("1LSS", "membre", "bassin"),
    "Coordination de soins à domicile": ("1LSS", "partenaire", "ols"),
    "CLPS": ("PP", "membre", "ols"),
    "Hôpital": ("SH", "membre", "ols"),
    "Plateforme de concertation en santé mentale": ("SM", "membre", "ols"),
    "Réseau 107": ("SM", "partenaire", "ols"),
    "CPAS": ("SSS", "membre", "bassin"),
    "Relais social": ("SSS", "partenaire", "ols"),
    "Mutualités": ("SSS", "partenaire", "region"),
}


def fill(ols: str) -> None:
    """What a team writes in a year: four meetings, ten structures, a round of the longest grid."""

    def keep(sort: str, key: str, content: dict[str, Any], **more: Any) -> None:
        book.keep(LOCAL, ols, sort, key, content, **more)

    for meeting, day in enumerate(("2025-11-06", "2026-02-12", "2026-05-21", "2026-09-17")):
        for step in steps().values():
            position = None if step.alone else 2 + meeting
            keep(
                book.STEP, step.id, {"position": position, "raison": REASON, "essai": TRY}, day=day
            )
    for name, (sector, share, level) in AROUND.items():
        content = {"nom": name, "secteur": sector, "part": share, "niveau": level}
        keep(book.MEMBER, name, content)
    names = list(AROUND)
    for place in range(4):
        held = {id_: (place + rank) % 5 for rank, id_ in enumerate(FUNCTIONS)}
        keep(book.FUNCTION, f"f{place}", {"structure": names[place], **held})
        keep(book.SPACE, f"s{place}", {"nom": f"Table {place}", "membres": names[place::2]})
        cost = {"poste": f"Poste {place}", "montant": 90_000.0, "personnel": place < 3}
        keep(book.COST, f"c{place}", cost)
    round_ = {"grille": "conditions", "titre": "réunion d’équipe", "etat": book.OPEN}
    keep(book.ROUND, "t", round_)
    for place, word in enumerate(WORDS):
        for question in grids()["conditions"].questions:
            content = {"mot": word, "raison": REASON, "suite": TRY}
            keep(book.ANSWER, f"t/{question.id}", content, holder=f"p{place}")
    keep(book.ROUND, "t", {**round_, "etat": book.SHOWN})
    keep(book.ROUND, "u", {**round_, "grille": "lieu", "titre": "réunion de printemps"})


def test_no_part_is_longer_than_two_screens_empty_or_filled(
    reader: Visitor, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as its_data:
        its_data.setenv("OLS_DATA_DIR", str(server.log.parent / "donnees"))
        fill("06")
    for ols in ("09", "06"):
        visit = reader.open(f"/trajectoire?territoire={ols}&partie=grilles&grille=conditions")
        heights = {}
        for name in reversed(PARTS.values()):  # the open one, among the others
            visit.page.get_by_role("radio", name=name).click()
            visit.settle()
            heights[name] = visit.height()
            if name == PARTS["grilles"]:
                choose(visit, "Grille", grids()["lieu"].title)  # a round that is still open
                heights["tour ouvert"] = visit.height()
        assert {name: tall for name, tall in heights.items() if tall > TWO_SCREENS} == {}
        assert visit.page.get_by_text("sans raison donnée").count() == 0
        filled = visit.page.get_by_text("Aucune position encore").count() == 0
        assert filled == (ols == "06")
