"""Lists of communes by zone: read in any spelling, checked, put in force, compared, taken back."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from olsdata import figures, local, tables, territory
from olsdata.decoupages import compare, reading, report
from olsdata.decoupages.names import gazetteer, tokens
from olsdata.limits import importing
from olsdata.local import zonings
from olsdata.notes import book
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.notes.content import Content
from olsdata.tables import DataError

META = {"statut": "officiel", "source": "Arrêté modifié", "date": "20/11/2026"}
SPELT = {"Blegny": "Blégny", "Pepinster": "Pépinster", "Braine-l'Alleud": "Braine-L'Alleud"}
OLD = {
    "58001": "55022",
    "57096": "54007",
    "58004": "56087",
    "51067": "55010",
}
Row = dict[str, str]


def shipped() -> pd.DataFrame:
    return zonings.tidy(tables.shipped().decoupages["ols"][0])


def entries() -> list[Row]:
    """The order as plain rows: zone, label, refnis, nom, section (name)."""
    facts = tables.shipped()
    return [
        {
            "zone": row.zone,
            "label": row.label,
            "refnis": row.refnis,
            "nom": str(facts.communes.at[row.refnis, "nom"]),
            "section": str(facts.sections.at[row.section, "nom"]) if row.section else "",
        }
        for row in shipped().itertuples()
    ]


def as_csv(rows: list[Row], sign: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=sign, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def by_code() -> bytes:
    rows = [
        {"zone": r["zone"], "label": r["label"], "refnis": r["refnis"], "section": r["section"]}
        for r in entries()
    ]
    return as_csv(rows)


def as_the_order_writes() -> bytes:
    """Names of the order, Bastogne and Bertogne apart, the four sections with their commune."""
    rows = []
    for r in entries():
        name = SPELT.get(r["nom"], r["nom"]).replace("'", "’")
        commune = f"{r['section']} ({name})" if r["section"] else name
        rows.append({"Territoire": f"{int(r['zone'])}", "Nom": r["label"], "Commune": commune})
        if name == "Bastogne":
            rows.append(rows[-1] | {"Commune": "Bertogne"})
    return as_csv(rows)


def without_accents_in_excel() -> bytes:
    """Capitals, no accent, no hyphen, article behind, « St », semicolons, Windows encoding."""
    rows = []
    for r in entries():
        name = " ".join(tokens(r["nom"])).upper().replace("SAINT ", "ST ")
        if r["nom"].startswith("La "):
            name += " (La)"
        section = " ".join(tokens(r["section"])) if r["section"] else ""
        rows.append(
            {
                "N°": "",
                "Territoire": f"Territoire {r['zone']}",
                "Libellé": r["label"],
                "Code postal": "",
                "Commune": name,
                "Ancienne commune": section,
            }
        )
    return as_csv(rows, ";", "cp1252")


def with_former_codes() -> bytes:
    rows = []
    for r in entries():
        code = OLD.get(r["refnis"], r["refnis"])
        for part in ("82003", "82005") if code == "82039" else (code,):
            rows.append({"OLS": r["label"], "INS": part, "Section": r["section"]})
    return as_csv(rows, "\t", "utf-8-sig")


def with_postal_codes() -> bytes:
    known = gazetteer()
    rows = []
    for r in entries():
        if r["section"]:
            code = shipped().query("refnis == @r['refnis'] and section.notna()")
            code = next(c for c in code["section"] if known.sections[c][1] == r["section"])
            rows.append({"territoire": r["zone"], "cp": "", "section": code})
            continue
        mine = [code for code, refnis in known.postal.items() if refnis == r["refnis"]]
        rows += [{"territoire": r["zone"], "cp": code, "section": ""} for code in mine]
    return as_csv(rows)


def one_row_per_territory() -> bytes:
    rows: dict[str, list[str]] = {}
    for r in entries():
        if not r["section"]:
            rows.setdefault(f"{r['zone']} {r['label']}", []).append(r["nom"])
    listed = [
        {"zone": zone, "communes": ", ".join(names), "section": ""} for zone, names in rows.items()
    ]
    apart = [
        {"zone": f"{r['zone']} {r['label']}", "communes": r["nom"], "section": r["section"]}
        for r in entries()
        if r["section"]
    ]
    return as_csv(listed + apart)


SPELLINGS: dict[str, Callable[[], bytes]] = {
    "codes": by_code,
    "the order's own names": as_the_order_writes,
    "a spreadsheet without accents": without_accents_in_excel,
    "former codes": with_former_codes,
    "postal codes": with_postal_codes,
    "one row per territory": one_row_per_territory,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_ten_zones_are_read_in_every_spelling(spelling):
    found = reading.read(SPELLINGS[spelling](), "ols")
    assert (found.unmatched, found.doubles, found.missing, found.faults) == ([], [], [], [])
    expected = shipped()
    if spelling == "postal codes":  # no name in the file: those in force are taken
        assert set(found.rows["label"]) == set(expected["label"])
    pd.testing.assert_frame_equal(found.rows, expected)


def test_bastogne_and_bertogne_are_one_commune_and_it_is_said():
    found = report.check(as_the_order_writes(), "ols", META)
    assert not found.faults
    assert any(
        "Bertogne : une seule commune aujourd’hui, Bastogne (82039)" in r for r in found.remarks
    )
    assert found.reading.recognised["ancien nom"] == 1


def test_a_former_commune_may_go_elsewhere_and_takes_its_sections():
    rows = [r for r in entries() if r["refnis"] != "82039"]
    base = entries()[0] | {"section": "", "nom": ""}
    here = next(r for r in entries() if r["refnis"] == "82039")
    there = next(r for r in entries() if r["zone"] == "06")
    rows += [here, base | {"zone": "06", "label": there["label"], "refnis": "82005"}]
    found = reading.read(as_csv(rows), "ols")
    moved = found.rows[(found.rows["refnis"] == "82039") & (found.rows["zone"] == "06")]
    assert moved["section"].tolist() == ["82005A", "82005B", "82005C"]


def test_every_commune_is_told_apart_by_its_words():
    names = tables.shipped().communes["nom"]
    assert names.map(tokens).is_unique
    known = gazetteer()
    assert all(known.commune(name).refnis == code for code, name in names.items())
    assert set(known.postal.values()) == set(names.index)


def coded() -> list[Row]:
    return [{k: r[k] for k in ("zone", "label", "refnis", "section")} for r in entries()]


def altered(change: Callable[[list[Row]], list[Row]]) -> bytes:
    return as_csv(
        change([{k: r[k] for k in ("zone", "label", "refnis", "section")} for r in entries()])
    )


def without(code: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [r for r in rows if r["refnis"] != code]


def also(**row: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [*rows, {"zone": "06", "label": "Namur-Dinant", "section": ""} | row]


def replaced(code: str, **cells: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [r | cells if r["refnis"] == code else r for r in rows]


WRONG = {
    "a commune forgotten": (without("92142"), "1 commune sans zone : Gembloux (92142)"),
    "a city forgotten but for a section": (
        lambda rows: [r for r in rows if r["refnis"] != "92094" or r["section"]],
        "Namur (92094), en partie",
    ),
    "a commune twice": (also(refnis="92142"), "En double : Gembloux est dans 05 et 06"),
    "an unknown code": (replaced("92142", refnis="21004"), "« 21004 » n’est pas reconnu"),
    "a misspelt name": (replaced("92142", refnis="Gemblou"), "proche : Gembloux"),
    "an unknown section": (
        also(refnis="92094", section="Ailleurs"),
        "section « Ailleurs » de Namur » n’est pas reconnu",
    ),
    "a row without zone": (replaced("92142", zone="", label=""), "il manque la zone"),
    "a row without commune": (replaced("92142", refnis=""), "il manque la commune"),
    "some German-speaking communes": (also(refnis="63023"), "communes sans zone"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_a_list_is_named_and_nothing_is_imported(case):
    change, message = WRONG[case]
    found = report.check(altered(change), "ols", META)
    assert message in "\n".join(found.faults)
    assert found.zoning is None
    with pytest.raises(DataError, match="Rien n’a été importé"):
        report.adopt(found)
    assert local.fingerprint() == ""


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "vide"),
        (b"commune,population\nNamur,3\n", "il manque une colonne « zone »"),
        (b"zone,remarque\n01,x\n", "il manque une colonne « refnis »"),
        (b"zone,ols,commune\n01,01,Namur\n", "deux colonnes"),
        (b"PK\x03\x04xxxx", "classeur"),
        (b"zone,commune\n", "aucune ligne"),
        (b"zone,commune\n01\n", "1 colonnes au lieu de 2"),
    ],
)
def test_a_file_that_is_no_list_is_refused(raw, message):
    with pytest.raises(DataError, match=message):
        report.check(raw, "ols", META)


def test_one_postal_code_in_two_zones_asks_for_sections():
    rows = [{"zone": "05", "cp": "5100"}, {"zone": "06", "cp": "5000"}]
    found = reading.read(as_csv(rows), "ols")
    assert found.doubles == ["Namur est dans 05 et 06 (lignes 2, 3) : donnez ses sections."]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("source", "", "Source"),
        ("date", "31/02/2026", "Date"),
        ("statut", "définitif", "Statut"),
        ("lien", "javascript:alert(1)", "Lien"),
    ],
)
def test_an_import_says_who_when_and_where(key, value, message):
    with pytest.raises(DataError, match=message):
        report.check(by_code(), "ols", META | {key: value})


def test_a_population_out_of_the_legal_range_is_told_but_an_order_may_contain_it():
    facts = tables.shipped()
    small = {"51004", "51008", "51009"}

    def cut(rows: list[Row]) -> list[Row]:
        return [r | {"zone": "11", "label": "Onze"} if r["refnis"] in small else r for r in rows]

    found = report.check(altered(cut), "ols", META)
    assert not found.faults
    text = "\n".join(found.warnings)
    assert "Hors de la fourchette légale" in text
    assert "11 territoires" in text
    assert found.zones.at["11", "remarque"] == "hors de 200 000–550 000"
    people = sum(facts.totaux.at[code, 2024] for code in small)
    assert found.zones.at["11", "habitants_2024"] == pytest.approx(people)
    assert found.zones["habitants_2026"].sum() == pytest.approx(
        figures.population(2026, territory.zoning("ols"))["valeur"].sum()
    )


def test_the_report_says_what_moves_what_comes_apart_and_which_bassins_are_cut():
    found = report.check(altered(replaced("92142", zone="06", label="Namur-Dinant")), "ols", META)
    text = "\n".join(found.warnings)
    assert "05 n’est pas d’un seul tenant" in text
    assert "recoupés aux limites des OLS" in text
    row = found.change.moves.iloc[0]
    assert (row["commune"], row["partie"], row["de"], row["vers"]) == (
        "Gembloux",
        "commune entière",
        "05",
        "06",
    )
    assert found.change.sentence.startswith("1 commune, en tout ou en partie")
    assert local.fingerprint() == ""


def test_the_order_itself_changes_nothing():
    found = report.check(as_the_order_writes(), "ols", META)
    assert found.change.moves.empty
    assert found.warnings == []
    assert found.change.sentence.startswith("Rien ne bouge")
    assert found.zones.loc[found.zones["remarque"] != ""].index.tolist() == ["02", "03", "08"]


def test_an_imported_list_is_in_force_with_its_source_and_can_be_taken_back():
    found = report.check(altered(replaced("92142", zone="06", label="Namur-Dinant")), "ols", META)
    version = report.adopt(found)
    ols = territory.zoning("ols")
    assert (ols.status, ols.source, ols.date) == ("officiel", "Arrêté modifié", "2026-11-20")
    assert territory.moved_sections()["nom"].tolist() == [
        "Sosoye-Maredret",
        "Denée-Maredsous",
        "Bioul",
        "Malonne",
    ]
    local.back("ols")
    assert territory.zoning("ols").date == "2024-06-06"
    assert version.id in {known.id for known in local.history("ols")}


def by_bassin(change: Callable[[pd.DataFrame], pd.DataFrame] = lambda f: f) -> bytes:
    rows = change(tables.shipped().decoupages["bassins"][0].copy())
    return rows.to_csv(index=False).encode()


def test_an_order_on_the_bassins_is_read_with_its_ids_or_makes_them():
    same = report.check(by_bassin(), "bassin", META)
    assert not same.faults
    assert same.change.moves.empty
    named = report.check(
        by_bassin(lambda f: f.assign(zone=f["zone"].str[:2] + " " + f["label"])), "bassin", META
    )
    assert not named.faults
    assert set(named.zoning.zones["ols"]) == set(territory.zoning("ols").zones.index)
    pd.testing.assert_series_equal(
        named.zoning.sectors.str[:2], same.zoning.sectors.str[:2], check_names=False
    )
    assert len(named.zoning.zones) == len(same.zoning.zones)


def test_a_bassin_over_two_ols_is_refused_with_the_commune():
    found = report.check(
        by_bassin(
            lambda f: f.assign(
                zone=f["zone"].replace("06-91034", "05-92142"),
                label=f["label"].where(f["zone"] != "06-91034", "Gembloux"),
            )
        ),
        "bassin",
        META,
    )
    assert "à cheval sur plusieurs OLS" in "\n".join(found.faults)


def a_note(place: str) -> Content:
    return Content(
        sort="note",
        text="Les bus ne passent plus le soir.",
        place=place,
        theme="acces",
        kind="soft",
        source="observation",
        confidence="faible",
    )


def test_notes_whose_place_disappears_are_listed_and_the_others_stay():
    territory_of = tables.shipped().decoupages["bassins"][0]
    gone = "05-92142"
    label = territory_of.set_index("zone")["label"].to_dict()
    book.add(LOCAL, a_note(gone))
    book.add(LOCAL, a_note("92142"))
    other = next(z for z in label if z.startswith("05-") and z != gone)

    def merged(frame: pd.DataFrame) -> pd.DataFrame:
        zone = frame["zone"].replace(gone, other)
        return frame.assign(zone=zone, label=zone.map(label))

    found = report.check(by_bassin(merged), "bassin", META)
    assert not found.faults
    assert found.lost == {gone: (label[gone], 1)}
    assert any(line.startswith("Notes à replacer (1)") for line in found.warnings)
    assert book.lost_places(LOCAL) == {}
    report.adopt(found)
    assert set(book.lost_places(LOCAL)) == {gone}
    local.back("bassin")
    assert book.lost_places(LOCAL) == {}


def test_structures_that_come_to_lie_in_one_zone_are_named_as_counted_by_hand():
    """Provinces are made of whole communes; an OLS leaves out the German-speaking ones."""
    facts = tables.shipped()
    ols, provinces = territory.zoning("ols"), territory.zoning("provinces")
    found = compare.compare(ols, provinces).structures

    def touched(id_: str, zoning: territory.Zoning) -> int:
        pairs = facts.couverture[facts.couverture["structure"] == id_]
        known = pairs[pairs["part"] > 0] if (pairs["part"] > 0).any() else pairs
        zones: set[str] = set()
        for code in known["refnis"]:
            shares = zoning.people[code]
            zones |= set(shares.index[shares > 0]) or {"hors"}
        return len(zones)

    expected = {
        id_: compare.TOGETHER if was > 1 else compare.ACROSS
        for id_ in facts.couverture["structure"].unique()
        for was, becomes in [(touched(id_, ols), touched(id_, provinces))]
        if (was > 1) != (becomes > 1)
    }
    assert found["sens"].to_dict() == expected
    assert set(expected.values()) == {compare.TOGETHER, compare.ACROSS}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 250), max_size=12))
def test_any_cut_conserves_the_population_whatever_the_order_of_its_rows(seed, moved):
    chance = random.Random(seed)
    rows = coded()
    labels = {r["zone"]: r["label"] for r in rows}
    for place in moved:
        zone = chance.choice(sorted(labels))
        rows[place] |= {"zone": zone, "label": labels[zone]}
    first = reading.read(as_csv(rows), "ols")
    assert not first.faults + first.doubles + first.missing
    chance.shuffle(rows)
    pd.testing.assert_frame_equal(first.rows, reading.read(as_csv(rows), "ols").rows)
    zoning = local.checked(
        "ols", first.rows, {"label": "x", "statut": "atelier", "source": "x", "date": "2026-11-20"}
    )
    now = territory.zoning("ols")
    for year in (2009, 2021, 2026):
        assert figures.population(year, zoning)["valeur"].sum() == pytest.approx(
            figures.population(year, now)["valeur"].sum()
        )
    change = compare.compare(now, zoning)
    assert change.zones["ecart"].sum() == pytest.approx(0, abs=1e-6)


def test_the_command_line_checks_imports_compares_and_takes_back(run, tmp_path):
    file = tmp_path / "arrete.csv"
    file.write_bytes(altered(replaced("92142", zone="06", label="Namur-Dinant")))
    code, said, _ = run("decoupage", "verifier", str(file))
    assert code == 0
    assert "Gembloux (commune entière) : 05 → 06" in said.decode()
    assert local.fingerprint() == ""
    order = ("--source", "Arrêté modifié", "--date", "20/11/2026", "--oui")
    code, _, wrong = run("decoupage", "importer", str(file), *order)
    assert code == 0, wrong
    assert territory.zoning("ols").source == "Arrêté modifié"
    _, table, _ = run("decoupage", "comparer", "livre", "en-vigueur", "--csv")
    frame = pd.read_csv(io.BytesIO(table), dtype={"zone": str}).set_index("zone")
    people = tables.shipped().totaux.at["92142", 2026]
    assert frame["ecart"].round(3).to_dict()["06"] == people == -round(frame.at["05", "ecart"], 3)
    assert b"ols-" in run("decoupage", "liste")[1]
    assert run("decoupage", "retirer")[0] == 0
    code, _, wrong = run("decoupage", "retirer")
    assert (code, "déjà en vigueur" in wrong) == (1, True)


def test_the_command_line_refuses_a_wrong_list_in_french(run, tmp_path):
    file = tmp_path / "arrete.csv"
    file.write_bytes(altered(without("92142")))
    for command in (["verifier"], ["importer", "--source", "x y", "--date", "2026", "--oui"]):
        code, _, wrong = run("decoupage", command[0], str(file), *command[1:])
        assert code == 1
        assert "Gembloux" in wrong
        assert "Traceback" not in wrong
    assert "Ni un découpage connu" in run("decoupage", "comparer", "livre", "rien.csv")[2]


OTHERS = [
    Actor("facilitateur", "05", "x"),
    Actor("participant", "05", "x"),
    Actor("lecteur", "05", "x"),
    Actor("iwpl", "", "x"),
    Actor("inconnu"),
]


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role)
def test_what_changes_for_everyone_is_refused_to_whoever_signs_in(actor, tmp_path):
    found = report.check(by_code(), "ols", META)
    for attempt in (
        lambda: report.adopt(found, actor),
        lambda: report.back("ols", actor),
        lambda: report.restore("ols", "", actor),
        lambda: importing.import_file(tmp_path / "absent.gpkg", actor=actor),
        lambda: importing.withdraw(actor),
    ):
        with pytest.raises(DeniedError, match="ne permet pas de remplacer un découpage"):
            attempt()
    assert local.fingerprint() == ""
