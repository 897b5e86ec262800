"""Links between structures: kept beside the typical relations, refused with a reason."""

from __future__ import annotations

import pytest

from olsdata import registry, structures, tables
from olsdata.notes.actors import LOCAL
from olsdata.tables import DataError

pytestmark = pytest.mark.both_stores
A, B = "clps-namur", "plateforme_palliative"
GOOD = ("organe de gouvernance", "Comité de pilotage", "Rapport 2025", "2025-05", "facilitateur")


def test_without_a_database_the_links_are_the_typical_relations() -> None:
    assert len(registry.links()) == len(tables.load().liens)
    assert set(registry.links()["statut"]) == {"relation type"}


def test_a_link_of_the_field_stands_beside_them_with_its_source_until_it_is_withdrawn() -> None:
    id_ = registry.add_link(LOCAL, B, A, *GOOD)
    own = registry.links().set_index("id").loc[id_]
    assert (own["structure_a"], own["structure_b"]) == (A, B)
    assert own["statut"] == "proposition du terrain"
    assert own["source"] == "Rapport 2025"
    assert len(registry.links()) == len(tables.load().liens) + 1
    registry.withdraw_link(LOCAL, id_, "facilitateur")
    assert len(registry.links()) == len(tables.load().liens)
    with pytest.raises(DataError, match="n’est plus dans la liste"):
        registry.withdraw_link(LOCAL, id_, "facilitateur")


def test_the_same_link_is_not_kept_twice_whichever_end_comes_first() -> None:
    registry.add_link(LOCAL, A, B, *GOOD)
    with pytest.raises(DataError, match="déjà"):
        registry.add_link(LOCAL, B, A, *GOOD)


def test_two_structures_that_sit_in_three_bodies_are_listed_as_double() -> None:
    for body in ("Comité", "Bureau", "Plénière"):
        registry.add_link(LOCAL, A, B, GOOD[0], body, *GOOD[2:])
    found = structures.double_meetings(registry.links())
    assert ((found["a"] == A) & (found["b"] == B) & (found["instances"] == 3)).any()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("personne", B, *GOOD), "Structure inconnue"),
        ((A, A, *GOOD), "deux structures différentes"),
        ((A, B, "amitié", *GOOD[1:]), "Type de lien"),
        ((A, B, GOOD[0], "", "", *GOOD[3:]), "Source"),
        ((A, B, *GOOD[:3], "hier", GOOD[4]), "Date"),
        ((A, B, *GOOD[:4], "Jean Dupont"), "ôle"),
    ],
)
def test_a_wrong_link_is_refused_with_what_is_wrong_and_nothing_is_kept(
    arguments: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(DataError, match=fault):
        registry.add_link(LOCAL, *arguments)
    assert len(registry.links()) == len(tables.load().liens)
