"""``verifier``: what it proves of the embedded data, and what it says of bad input."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from olsdata import catalogue, checks, cli, tables, territory
from olsdata.tables import DataError

Change = Callable[[bytes], bytes]


def swap(old: str, new: str) -> Change:
    return lambda raw: raw.replace(old.encode(), new.encode(), 1)


def add(*lines: str) -> Change:
    return lambda raw: raw + "".join(f"{line}\n" for line in lines).encode()


def without(line: int) -> Change:
    """The file without one line (1 is the header, -1 the last)."""

    def change(raw: bytes) -> bytes:
        lines = raw.splitlines(keepends=True)
        del lines[line if line < 0 else line - 1]
        return b"".join(lines)

    return change


def latin(raw: bytes) -> bytes:
    return raw.decode("utf-8").encode("latin-1", errors="replace")


def cut(raw: bytes) -> bytes:
    return raw[:-4]


GERMAN = ("63001", "63012", "63013", "63023", "63040", "63048", "63061", "63067", "63087")
TOTALS, AGES, ZONES = "population_totale.csv", "population_age_sexe.csv", "decoupages/ols.csv"
BASSINS = "decoupages/bassins.csv"
BEAUVECHAIN = "25005,2009,6653"

# What is done to which file → what the message must name.
BAD: dict[str, tuple[str, Change | None, list[str]]] = {
    "cut in a line": (TOTALS, cut, [TOTALS, "ligne 3916", "tronqué"]),
    "communes cut at a line end": ("communes.csv", without(-1), ["communes.csv", "93090"]),
    "sectors cut at a line end": ("secteurs.csv", without(-1), ["secteurs.csv", "ligne 9876"]),
    "sections cut at a line end": ("sections.csv", without(-1), ["sections.csv", "93090H"]),
    "totals cut at a line end": (TOTALS, without(-1), [TOTALS, "2026", "Viroinval (93090)"]),
    "ages cut at a line end": (AGES, without(-1), [AGES, "93090", "2021", "45 lignes"]),
    "figures cut at a line end": ("indicateurs.csv", without(-1), ["Viroinval (93090)"]),
    "pharmacies cut at a line end": ("pharmacies.csv", without(-1), ["Viroinval (93090)"]),
    "a row short of a column": (
        "communes.csv",
        swap("25014,Braine-l'Alleud,", "25014,"),
        ["communes.csv, ligne 3", "4 colonnes au lieu de 5"],
    ),
    "a column missing": (TOTALS, swap("annee", "an"), [TOTALS, "« annee » manque"]),
    "a column twice": (
        "indicateurs.csv",
        swap("mean_age_2026", "area_km2_2026"),
        ["indicateurs.csv, ligne 1", "area_km2_2026"],
    ),
    "a column that is counted elsewhere": (
        "indicateurs.csv",
        swap("mean_age_2026", "pop_total_2021"),
        ["indicateurs.csv, ligne 1", "pop_total_2021"],
    ),
    "a commune twice": (
        "communes.csv",
        swap("25014,Braine", "25005,Braine"),
        ["communes.csv, ligne 3", "25005"],
    ),
    "a total twice": (TOTALS, add(BEAUVECHAIN), [f"{TOTALS}, ligne 3917", "25005", "2009"]),
    "a commune missing": ("communes.csv", without(4), ["communes.csv", "25015"]),
    "latin-1": ("communes.csv", latin, ["communes.csv, ligne 4", "UTF-8"]),
    "a negative population": (
        TOTALS,
        swap(BEAUVECHAIN, "25005,2009,-6653"),
        [f"{TOTALS}, ligne 2", "population", "-6653"],
    ),
    "text in a number": (
        TOTALS,
        swap(BEAUVECHAIN, "25005,2009,environ"),
        [f"{TOTALS}, ligne 2", "population", "« environ »"],
    ),
    "an empty number": (
        TOTALS,
        swap(BEAUVECHAIN, "25005,2009,"),
        [f"{TOTALS}, ligne 2", "population", "manquante"],
    ),
    "half a person": (TOTALS, swap(BEAUVECHAIN, f"{BEAUVECHAIN}.5"), [f"{TOTALS}, ligne 2"]),
    "a share above 100": (
        "indicateurs.csv",
        swap(",24.1,12.11", ",124.1,12.11"),
        ["indicateurs.csv, ligne 2", "pct_hh_single_person_2019", "124.1"],
    ),
    "ages that miss the total": (TOTALS, swap("25005,2011,", "25005,2011,9"), [AGES, "25005"]),
    "an unknown commune in a table": (TOTALS, swap(BEAUVECHAIN, "99999,2009,1"), ["99999"]),
    "an unknown commune in the zoning": (
        ZONES,
        add("01,Wallonie-Picarde,51999,"),
        [f"{ZONES}, ligne 258", "51999"],
    ),
    "251 communes": (ZONES, without(4), [ZONES, "Bernissart (51009)"]),
    "260 communes": (
        ZONES,
        add(*(f"09,Est-francophone,{code}," for code in GERMAN[:-1])),
        [ZONES, "Burg-Reuland (63087)"],
    ),
    "261 communes": (
        ZONES,
        add(*(f"09,Est-francophone,{code}," for code in GERMAN)),
        ["germanophones", "Eupen", "Burg-Reuland"],
    ),
    "a commune in two zones": (ZONES, add("10,Luxembourg,51004,"), [f"{ZONES}, ligne 258"]),
    "a section twice": (
        ZONES,
        add("10,Luxembourg,92094,92094D"),
        [f"{ZONES}, ligne 258", "92094D"],
    ),
    "a section outside its commune": (
        ZONES,
        add("10,Luxembourg,51004,92094C"),
        [f"{ZONES}, ligne 258", "92094C", "Ath (51004)"],
    ),
    "a zone with two names": (
        ZONES,
        swap("01,Wallonie-Picarde,51008", "01,Picardie,51008"),
        [ZONES, "ligne 3", "zone 01", "deux noms"],
    ),
    "a zone without a name": (
        ZONES,
        swap("01,Wallonie-Picarde,51008", "01,,51008"),
        [f"{ZONES}, ligne 3", "label"],
    ),
    "a blank zone": (BASSINS, swap("01-51004,Ath", " ,Ath"), [f"{BASSINS}, ligne 2", "zone"]),
    "a bassin in two OLS": (
        BASSINS,
        lambda raw: re.sub(rb"01-51004,Ath,51012", b"02-53028,Frameries,51012", raw),
        [BASSINS, "02-53028", "(51012)"],
    ),
    "a bassin under the number of another OLS": (
        BASSINS,
        lambda raw: raw.replace(b"01-51004,Ath", b"02-51004,Ath"),
        ["02-51004"],
    ),
    "a key missing in the description": (
        "decoupages/ols.toml",
        swap("source =", "sourc ="),
        ["decoupages/ols.toml", "source"],
    ),
    "an unknown level": (
        "decoupages/bassins.toml",
        swap('niveau = "bassin"', 'niveau = "quartier"'),
        ["decoupages/bassins.toml", "niveau"],
    ),
    "an unknown state": (
        "decoupages/bassins.toml",
        swap('"provisoire"', '"définitif"'),
        ["decoupages/bassins.toml", "statut"],
    ),
    "a description that is not TOML": (
        "decoupages/ols.toml",
        lambda raw: raw[:20],
        ["decoupages/ols.toml", "illisible"],
    ),
    "a description in latin-1": ("decoupages/ols.toml", latin, ["decoupages/ols.toml"]),
    "a graph cut to its header": (
        "contiguite.csv",
        lambda raw: raw.splitlines(keepends=True)[0],
        ["OLS 01", "détaché"],
    ),
    "a commune off the ground": (
        "secteurs.csv",
        swap("4.77494,50.78087", "4.77494,5.078087"),
        ["secteurs.csv, ligne 2", "latitude"],
    ),
}
for _name in ("communes.csv", "VERSION", "decoupages/ols.toml"):
    BAD[f"{_name} missing"] = (_name, None, [_name])


@pytest.mark.parametrize("name", [*tables.SCHEMAS, "contiguite.csv"])
def test_a_table_that_is_missing_or_empty_is_named(tmp_path, name):
    path = tmp_path / name
    with pytest.raises(DataError, match=re.escape(name)):
        tables.read(name, tmp_path)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    with pytest.raises(DataError, match=rf"{re.escape(name)}.*vide"):
        tables.read(name, tmp_path)


def test_every_table_is_read_by_the_check(altered, monkeypatch):
    """So that what is said of a missing or empty one is said by ``verifier``."""
    asked, read = set(), tables.read
    folder = altered("VERSION", lambda raw: raw + b"x")

    def noted(name, *more, **settings):
        asked.add(name)
        return read(name, *more, **settings)

    monkeypatch.setattr(tables, "read", noted)
    checks.run(folder)
    assert asked >= {*tables.SCHEMAS, "contiguite.csv"}


@pytest.mark.parametrize(("name", "change", "says"), BAD.values(), ids=BAD)
def test_bad_input_is_named_in_french_and_the_exit_code_is_1(
    altered, monkeypatch, capsys, name, change, says
):
    folder = altered(name, change)
    monkeypatch.setattr(sys, "argv", ["olsdata", "verifier", "--donnees", str(folder)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    _, err = capsys.readouterr()
    assert left.value.code == 1
    for word in says:
        assert word in err
    assert not re.search(r"Traceback|Error|dtype|<|\bNone\b", err)
    assert all(line.startswith("✗ ") for line in err.splitlines())
    assert len(set(err.splitlines())) == len(err.splitlines())


def test_the_embedded_data_pass_and_the_proofs_are_those_of_the_law():
    report = checks.run()
    assert report.wrong == []
    said = "\n".join(report.proved).replace("\u202f", " ")
    for proof in (
        "261 communes, 1508 sections, 9 876 secteurs",
        "1/1/2020 : 3 645 243",
        "1/1/2021 : 3 648 206",
        "1/1/2026 : 3 713 450",
        "dix territoires",
        "chaque section une seule fois",
        "252 communes, dont deux partagées par section",
        "Comines-Warneton (5 sections, 18 372 habitants)",
        "200 000–550 000",
        "1/1/2021 : 02, 08 ; 1/1/2024 : 02, 03, 08",
    ):
        assert proof in said


def test_a_commune_moved_away_from_its_neighbours_is_seen_on_the_graph(altered):
    folder = altered(
        "decoupages/ols.csv", swap("01,Wallonie-Picarde,51004,", "10,Luxembourg,51004,")
    )
    report = checks.run(folder)
    assert any("OLS 10 : Ath, détaché" in line for line in report.wrong)
    assert not any("d’un seul tenant" in line for line in report.proved)


def test_a_territory_outside_the_legal_range_is_named(altered):
    rows = tables.read("decoupages/ols.csv")
    small = rows[rows["zone"] == "09"]["refnis"].tolist()[:5]
    folder = altered(
        "decoupages/ols.csv",
        lambda raw: re.sub(
            rb"09,Est-francophone,(%s),\n" % "|".join(small).encode(),
            "07,Liège Sud-Huy-Waremme,\\1,\n".encode(),
            raw,
        ),
    )
    report = checks.run(folder)
    assert any("fourchette légale" in line and line.endswith(": 09.") for line in report.wrong)


@pytest.fixture
def with_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Change one text of one card, for ``verifier`` alone."""

    def change(name: str, old: str, new: str) -> None:
        folder = tmp_path / "fiches"
        shutil.copytree(catalogue.CARDS, folder, ignore=shutil.ignore_patterns("*.py", "__py*"))
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        read = catalogue.cards
        monkeypatch.setattr(catalogue, "cards", lambda: read(folder))

    return change


@pytest.mark.parametrize("key", ["numerateur", "denominateur"])
def test_a_card_whose_column_does_not_exist_is_a_fault(with_card, key):
    raw = tomllib.loads((catalogue.CARDS / "pct_65p_2021.toml").read_text("utf-8"))
    with_card("pct_65p_2021.toml", f'{key} = "{raw["agregation"][key]}"', f'{key} = "pop_200p"')
    assert checks.run().wrong == ["pct_65p_2021.toml : colonne inconnue, pop_200p."]


def test_a_card_without_source_is_a_fault(with_card):
    with_card("pct_65p_2021.toml", 'editeur = "Statbel"', 'editeur = ""')
    assert "pct_65p_2021.toml : il manque editeur." in checks.run().wrong


def test_an_embedded_column_without_a_card_is_a_fault(altered):
    def widen(raw: bytes) -> bytes:
        head, *lines = raw.decode("utf-8").splitlines()
        return "\n".join([f"{head},secret", *(f"{line},1" for line in lines), ""]).encode()

    assert checks.run(altered("pharmacies.csv", widen)).wrong == ["Colonnes sans fiche : secret."]


def test_bassins_of_the_same_name_in_one_ols_are_a_fault(altered):
    zones = territory.zoning("bassins").zones
    first, second = zones.index[:2]
    name = zones.at[second, "label"]
    folder = altered(
        BASSINS,
        lambda raw: raw.replace(
            f"{first},{zones.at[first, 'label']},".encode(), f"{first},{name},".encode()
        ),
    )
    assert any("noms" in line for line in checks.run(folder).wrong)
