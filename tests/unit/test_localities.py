"""Names of the sections."""

from __future__ import annotations

import pandas as pd
import pytest

from olsdata import localities, tables


def named(*sectors: tuple[str, str | None], communes: tuple[tuple[str, str], ...] = ()) -> str:
    """Name of the only section of some sectors."""
    frame = pd.DataFrame(sectors, columns=["secteur", "nom"])
    frame["section"] = frame["secteur"].str[:6]
    frame["refnis"] = frame["secteur"].str[:5]
    known = pd.DataFrame(communes, columns=["refnis", "nom"])
    found = localities.section_names(frame, known)
    assert len(found) == 1
    return str(found["nom"].iloc[0])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("SOSOYE-CENTRE", "Sosoye"),
        ("BOIS-D'HAINE-CENTRE", "Bois-d'Haine"),
        ("LA HESTRE-CENTRE", "La Hestre"),
        ("AUBEL CENTRE", "Aubel"),
        ("WAVRE-CENTRE VILLE", "Wavre"),
        ("MEYERODE ZENTRUM", "Meyerode"),
        ("HAM-SUR-HEURE-CENTRE", "Ham-sur-Heure"),
        ("PONT-A-RIEU-CENTRE", "Pont-à-Rieu"),
        ("BEFFE-CENTRE (RUE DE L'EGLISE)", "Beffe"),
        ("MESLIN-L' EVEQUE-CENTRE", "Meslin-l'Eveque"),
    ],
)
def test_the_central_sector_names_the_section(source: str, name: str) -> None:
    assert named(("99999A001", source), ("99999A100", "AUTRE PART")) == name


def test_a_word_takes_the_accents_of_the_communes() -> None:
    communes = (("99999", "Quévy"),)
    assert named(("99999A00-", "QUEVY-LE-GRAND-CENTRE"), communes=communes) == "Quévy-le-Grand"


def test_scattered_houses_name_a_section_without_centre() -> None:
    name = named(("99999B099", "VAUCELLES - HABITATIONS DISPERSEES"), ("99999B00-", None))
    assert name == "Vaucelles"


def test_a_section_that_nothing_names_keeps_its_code() -> None:
    assert named(("99999B10-", None), ("99999B20-", "LE BOIS")) == "section 99999B"


def test_every_section_has_a_readable_name_of_its_own() -> None:
    sections = tables.load().sections
    assert len(sections) == 1508
    assert sections["nom"].str.strip().ne("").all()
    assert not sections.duplicated(["refnis", "nom"]).any()
    unnamed = sections["nom"].str.startswith("section ")
    assert unnamed.sum() == 42
    rest = sections.loc[~unnamed, "nom"]
    assert not rest.str.contains(r"[A-Z]{3}|\d|HAB|  |- | -|' ").any()


def test_the_four_sections_of_the_order_read_as_in_the_order() -> None:
    sections = tables.load().sections["nom"]
    assert sections.loc[["92094D", "91005D", "91005C", "91005B"]].tolist() == [
        "Malonne",
        "Bioul",
        "Denée-Maredsous",
        "Sosoye-Maredret",
    ]


def test_names_given_by_hand_are_all_used() -> None:
    sections = tables.load().sections["nom"]
    for code, name in {**localities.BY_HAND, **localities.OFFICIAL}.items():
        assert sections[code] == name
    words = set(localities.plain(" ".join(sections)).replace("-", " ").replace("'", " ").split())
    useless = [word for word in localities.ACCENTED.split() if localities.plain(word) not in words]
    assert useless == []
