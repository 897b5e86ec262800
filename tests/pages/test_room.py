"""A screen that a room looks at: what an OLS keeps for itself shows only when its lead chooses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from olsdata.notes import book, drafts
from olsdata.notes.actors import LOCAL, Actor
from olsdata.ui import who
from olsdata.workshops import book as workshops
from olsdata.workshops import cycles, ideas
from olsdata.workshops.book import Plan
from olsdata.workshops.ideas import Step
from olsdata.workshops.pictures import Picture
from tests.pages.test_notes_pages import NEED, NOTE, html, in_shell, loses_its_place, opened
from tests.pages.test_pages import PAGES, alerts

SORTS = ("besoin", "signal", "opportunite", "victoire")
OWN, TOLD, DRAFT = "Gardé entre nous", "Dit à tous", "Pas encore écrit"
PARTS = [
    ("notes", {}, "1 note « Mon OLS »", "notes-05"),
    ("population", {}, "1 note « Mon OLS »", "panneau-05"),
    ("structures", {}, "1 note « Mon OLS »", "panneau-05"),
    ("universalisme", {"unite": "05-92048", "theme": "acces"}, "1 note « Mon OLS »", "lecture-05"),
    ("besoins", {"partie": "besoins"}, "2 besoins « Mon OLS »", "besoins-05"),
    ("besoins", {"partie": "signaux"}, "2 signaux « Mon OLS »", "signaux-05"),
    (
        "besoins",
        {"partie": "reussites"},
        "4 opportunités et petites victoires « Mon OLS »",
        "reussites-05",
    ),
]
"""Parts of pages that show notes: address, what they leave out, the choice of showing it."""


PLACE = "05-92048"
ADDRESS = {"ecran": "partage", "niveau": "bassin", "indicateur": "pct_65p_2021"}


def written() -> None:
    """Of each sort one record for the OLS alone and one for all; and again on a place now gone."""
    for text, visibility in ((OWN, "ols"), (TOLD, "iwpl")):
        note = replace(NOTE, text=f"{text}.", place=PLACE, theme="acces", visibility=visibility)
        book.add(LOCAL, note)
        for sort in SORTS:
            held = replace(NEED, sort=sort, text=f"{text}.", level="ols", visibility=visibility)
            book.add(LOCAL, held)
            loses_its_place(book.add(LOCAL, held))


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_a_room_what_the_ols_keeps_for_itself(name: str) -> None:
    written()
    drafts.save(LOCAL, "note", replace(NOTE, text=DRAFT))
    app = in_shell(name, **ADDRESS, unite=PLACE, theme="acces")
    assert alerts(app) == []
    assert OWN not in html(app)
    assert DRAFT not in html(app)


@pytest.mark.parametrize(("name", "query", "many", "key"), PARTS)
def test_a_part_says_how_many_it_leaves_out_and_its_lead_may_show_them(
    name: str, query: dict[str, str], many: str, key: str
) -> None:
    written()
    app = in_shell(name, **ADDRESS, **query)
    assert OWN not in html(app)
    assert TOLD in html(app)
    assert f"Hors de l’écran et des comptes : {many}." in html(app)
    choice = app.toggle(key=f"salle-{key}")
    assert choice.label == f"Montrer à la salle {many}"
    choice.set_value(True).run()
    assert alerts(app) == []
    assert OWN in html(app)
    assert "Hors de l’écran" not in html(app)


@pytest.mark.parametrize(("name", "query", "many", "key"), PARTS)
def test_a_screen_that_no_room_looks_at_shows_all_without_a_question(
    name: str, query: dict[str, str], many: str, key: str
) -> None:
    written()
    app = in_shell(name, **ADDRESS | {"ecran": ""}, **query)
    assert OWN in html(app)
    assert not [t for t in app.toggle if t.key.startswith("salle-")]


def test_what_is_searched_does_not_change_the_number_left_out() -> None:
    written()
    app = opened("notes", ecran="partage")
    app.text_input(key="notes-mots").set_value("Gardé").run()
    assert "0 note." in html(app)
    assert "Aucune note sur cet écran." in html(app)
    assert "Hors de l’écran et des comptes : 1 note « Mon OLS »." in html(app)


def test_the_choice_is_made_anew_in_another_territory() -> None:
    written()
    app = opened("notes", ecran="partage")
    app.toggle(key="salle-notes-05").set_value(True).run()
    assert OWN in html(app)
    app.query_params["territoire"] = "wallonie"
    app.run()
    assert OWN not in html(app)


def test_another_view_kept_by_the_ols_is_hidden_under_a_note_that_is_shared() -> None:
    first = book.add(LOCAL, replace(NOTE, visibility="iwpl"))
    book.answer(LOCAL, first.id, replace(NOTE, text=f"{OWN}."))
    app = opened("notes", ecran="partage")
    app.button(key=f"regard-{first.id}").click().run()
    assert OWN not in html(app)
    app.toggle(key="salle-notes-05").set_value(True).run()
    assert html(app).count(OWN) == 2


def test_a_turn_kept_by_the_ols_is_shown_to_the_room_when_its_lead_chooses() -> None:
    pictures = (Picture("carte", "pct_65p_2021"),)
    held = workshops.prepare(LOCAL, Plan("Vieillir ici", "05", pictures=pictures))
    workshops.open_(LOCAL, held.id)
    step = ideas.choose(LOCAL, held.id, Step("CPAS", "Une tournée.", "2027-02-01", "horizontal"))
    turn = cycles.begin(LOCAL, step.id)
    cycles.revise(LOCAL, turn.id, replace(turn.said, learnt=f"{OWN}."), turn.revision)
    app = opened("atelier", ecran="partage", **{"partie-atelier": "cycles"})
    assert alerts(app) == []
    assert OWN not in html(app)
    assert "Hors de l’écran et des comptes : 1 tour « Mon OLS »." in html(app)
    app.toggle(key="salle-tours-05").set_value(True).run()
    assert OWN in html(app)


def test_the_counts_by_ols_leave_out_what_the_room_does_not_see() -> None:
    written()
    app = opened("besoins", partie="ols", ecran="partage")
    assert "Hors de l’écran et des comptes : 2 besoins « Mon OLS »." in html(app)
    assert html(app).count('<td class="nombre">2</td>') == 1
    app.toggle(key="salle-ols-05").set_value(True).run()
    assert html(app).count('<td class="nombre">4</td>') == 1


def test_who_leads_no_workshop_is_not_offered_to_show_them(monkeypatch) -> None:
    written()
    monkeypatch.setattr(who, "actor", lambda: Actor("lecteur", "05", "x"))
    app = opened("notes", ecran="partage")
    assert "Hors de l’écran et des comptes : 1 note « Mon OLS »." in html(app)
    assert OWN not in html(app)
    assert not [t for t in app.toggle if t.key.startswith("salle-")]
