"""The command line: its CSV contract, and what it says when it is asked wrongly."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from olsdata import catalogue, figures, structures, territory

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["zone", "label", "valeur", "unite", "annee", "source", "agregation", "couverture"]
RULES = {"somme", "rapport", "moyenne_ponderee", "valeur_communale"}
Run = Callable[..., tuple[int, bytes, str]]
IDS = {"ols": [f"{i:02}" for i in range(1, 11)], "wallonie": ["wallonie"]}
LEVELS = ["ols", "bassin", "commune", "wallonie"]


def rows(out: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out.decode("utf-8"), newline="")))


def zones(level: str, plain: Callable[[str], list[dict[str, str]]]) -> list[str]:
    if level == "commune":
        return sorted(row["refnis"] for row in plain("communes.csv"))
    if level == "bassin":
        return sorted({row["zone"] for row in plain("decoupages/bassins.csv")})
    return IDS[level]


@pytest.mark.parametrize("level", LEVELS)
def test_every_indicator_keeps_the_csv_contract(run, plain, level):
    expected = zones(level, plain)
    for indicator in catalogue.available():
        code, out, err = run("chiffres", "--indicateur", indicator, "--niveau", level, "--csv")
        assert (code, err) == (0, ""), indicator
        assert out.startswith(",".join(COLUMNS).encode() + b"\n"), indicator
        assert out.endswith(b"\n")
        assert b"\r" not in out
        table = rows(out)
        assert sorted(row["zone"] for row in table) == expected, indicator
        for row in table:
            assert list(row) == COLUMNS
            assert row["agregation"] in RULES
            assert 0 <= float(row["couverture"]) <= 1
            assert row["label"]
            assert row["unite"]
            assert row["annee"]
            assert row["source"]
            if row["valeur"]:
                float(row["valeur"])
            else:
                assert level == "bassin"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("year", [2009, 2021, 2024, 2026])
def test_population_keeps_the_same_contract(run, plain, level, year):
    code, out, err = run("population", "--annee", str(year), "--niveau", level, "--csv")
    assert (code, err) == (0, "")
    table = rows(out)
    assert list(table[0]) == COLUMNS
    assert sorted(row["zone"] for row in table) == zones(level, plain)
    assert {(r["agregation"], r["annee"], r["unite"]) for r in table} == {
        ("somme", str(year), "habitants")
    }
    region = sum(
        int(row["population"])
        for row in plain("population_totale.csv")
        if row["annee"] == str(year)
    )
    german = {row["refnis"] for row in plain("communes.csv") if row["germanophone"] == "1"}
    apart = sum(
        int(row["population"])
        for row in plain("population_totale.csv")
        if row["annee"] == str(year) and row["refnis"] in german
    )
    held = region if level in ("commune", "wallonie") else region - apart
    assert sum(float(row["valeur"]) for row in table) == pytest.approx(held, abs=1e-6)


STRUCTURES = (
    "zone,label,structures_allouees,touchent,habitants,part_couverte_min,part_couverte_max,"
    "densite_100k,regle,recenses,avec_zone,publies,statut"
)


@pytest.mark.parametrize("kind", structures.TYPES)
def test_structures_keep_their_csv_contract(run, kind):
    code, out, err = run("structures", "--type", kind, "--niveau", "ols", "--csv")
    assert (code, err) == (0, "")
    assert out.startswith(f"{STRUCTURES}\n".encode())
    assert b"\r" not in out
    table = rows(out)
    assert [row["zone"] for row in table] == IDS["ols"]
    for row in table:
        assert (row["densite_100k"] == "") == (row["statut"] in ("minimum", "inconnu"))
        assert row["statut"] in ("comparable", "comparable_deduit", "minimum", "inconnu")
        assert 0 <= float(row["part_couverte_min"]) <= float(row["part_couverte_max"]) <= 1
        assert float(row["structures_allouees"]) >= 0
        assert float(row["habitants"]) > 200_000
        assert int(row["touchent"]) <= int(row["avec_zone"]) <= int(row["recenses"])
        assert row["publies"] == "" or int(row["publies"]) > 0
    if kind == "clps":
        assert {(r["recenses"], r["avec_zone"], r["publies"]) for r in table} == {("9", "9", "9")}
        assert sum(float(r["structures_allouees"]) for r in table) == pytest.approx(9)


@pytest.mark.parametrize("level", LEVELS)
def test_structures_have_a_row_per_zone_of_the_level(run, plain, level):
    _, out, _ = run("structures", "--type", "clps", "--niveau", level, "--csv")
    assert sorted(row["zone"] for row in rows(out)) == zones(level, plain)


@pytest.mark.parametrize("kind", structures.TYPES)
def test_coherence_keeps_its_csv_contract(run, plain, kind):
    code, out, err = run("coherence", "--type", kind, "--csv")
    assert (code, err) == (0, "")
    assert out.startswith(b"structure,zone,part_population\n")
    mine = {
        r["id"] for r in plain("structures.csv") if (r["type"], r["germanophone"]) == (kind, "0")
    }
    placed = {r["structure"] for r in plain("structures_couverture.csv")} & mine
    sums: dict[str, float] = dict.fromkeys(placed, 0.0)
    for row in rows(out):
        assert row["zone"] in [*IDS["ols"], structures.OUTSIDE]
        assert 0 < float(row["part_population"]) <= 1
        sums[row["structure"]] += float(row["part_population"])
    assert list(sums.values()) == pytest.approx([1.0] * len(placed))


def test_the_ols_is_the_level_when_none_is_asked(run):
    _, out, _ = run("population", "--annee", "2026", "--csv")
    assert [row["zone"] for row in rows(out)] == IDS["ols"]


def test_percentages_are_written_with_every_digit(run):
    _, out, _ = run("chiffres", "--indicateur", "pct_65p_2021", "--niveau", "wallonie", "--csv")
    (row,) = rows(out)
    assert row["zone"] == "wallonie"
    assert float(row["valeur"]) == figures.value("pct_65p_2021", territory.find("wallonie"))
    assert row["valeur"].startswith("19.0103574")


def test_the_nine_german_speaking_communes_are_marked(run, plain):
    german = {row["refnis"] for row in plain("communes.csv") if row["germanophone"] == "1"}
    _, out, _ = run("population", "--annee", "2026", "--niveau", "commune", "--csv")
    marked = {row["zone"] for row in rows(out) if "germanophone" in row["label"]}
    assert marked == german
    assert len(german) == 9


def test_missing_is_an_empty_cell_in_bassins_cut_out_of_a_city(run):
    _, out, _ = run("chiffres", "--indicateur", "pop_65p_2021", "--niveau", "bassin", "--csv")
    table = rows(out)
    assert {row["zone"] for row in table if not row["valeur"]} == {
        row["zone"] for row in table if float(row["couverture"]) < 0.9
    }


def test_the_list_of_indicators_names_every_card(run):
    code, out, _ = run("indicateurs", "--csv")
    assert code == 0
    assert {row["id"] for row in rows(out)} == set(catalogue.cards())


def test_without_csv_the_table_is_for_the_eye(run):
    code, out, _ = run("population", "--annee", "2026")
    assert code == 0
    assert "Wallonie-Picarde" in out.decode("utf-8")
    assert b"," not in out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chiffres", "--indicateur", "zzz", "--csv"], "Indicateur inconnu : « zzz »"),
        (
            ["chiffres", "--indicateur", "pct_65p_2021", "--niveau", "rue"],
            "Niveau inconnu : « rue ». Niveaux possibles : wallonie, ols, bassin, commune",
        ),
        (["population", "--annee", "2022", "--csv"], "2019, 2020, 2021, 2024, 2026"),
        (["population", "--annee", "abc"], "valeur refusée pour --annee, un nombre entier"),
        (["population", "--annee"], "l’option --annee est mal employée"),
        (["population"], "il manque l’option --annee"),
        (["population", "--annee", "2021", "ici"], "commande ou argument inconnu, « ici »"),
        (["population", "--annee", "2021", "--cvs"], "option inconnue, « --cvs »"),
        (["population", "--annee", "2021", "--csv=oui"], "l’option --csv est mal employée"),
        (["chiffres"], "il manque l’option --indicateur"),
        (["decoupage", "comparer"], "il manque l’argument"),
        (["decoupage", "zzz"], "« zzz ». Voir : python -m olsdata decoupage --help"),
        (["structures", "--csv"], "il manque l’option --type"),
        (
            ["structures", "--type", "cpas"],
            "Type de structure inconnu : « cpas ». Types : cercle_mg",
        ),
        (["structures", "--type", "clps", "--niveau", "rue"], "Niveau inconnu : « rue »"),
        (["coherence"], "il manque l’option --type"),
        (["coherence", "--type", "cpas", "--csv"], "Type de structure inconnu : « cpas »"),
        (["inconnue"], "commande ou argument inconnu, « inconnue »"),
        (["--inconnue"], "option inconnue, « --inconnue »"),
    ],
)
def test_a_wrong_request_is_one_french_sentence_and_exit_code_1(run, arguments, says):
    code, out, err = run(*arguments)
    assert code == 1
    assert out == b""
    assert err.startswith("Erreur : ")
    assert says in err
    assert err.count("\n") == 1


def test_an_indicator_without_values_says_who_has_them(run):
    absent = next(card for card in catalogue.cards().values() if not card.available)
    code, out, err = run("chiffres", "--indicateur", absent.id, "--csv")
    assert (code, out) == (1, b"")
    assert absent.obtain in err


GROUPS = {
    "": "verifier",
    "structures": "exporter",
    "notes": "sauvegarder",
    "decoupage": "retirer",
    "bassins": "proposer",
    "contours": "importer",
}
"""Groups of the command line, with one of their commands."""
ENGLISH = ("Commands", "COMMAND ", "Show this", "[required]", "[default", "Missing", "No such")


@pytest.mark.parametrize("group", GROUPS)
def test_without_a_command_the_french_help_is_shown_and_the_exit_code_is_1(run, group):
    code, out, err = run(*group.split())
    said = out.decode("utf-8") + err
    assert code == 1
    assert GROUPS[group] in said
    assert "Commandes" in said
    assert "il manque une commande. Voir : " in err
    assert not [word for word in ENGLISH if word in said]


def test_every_group_of_commands_is_in_the_table():
    from olsdata.cli import app

    assert {group.name for group in app.registered_groups} | {""} == set(GROUPS)


def test_the_help_of_a_command_is_in_french(run):
    code, out, _ = run("notes", "ajouter", "--help")
    said = out.decode("utf-8")
    assert code == 0
    assert "Montre cette aide." in said
    assert "[obligatoire]" in said
    assert "[par défaut : note]" in said
    assert not [word for word in ENGLISH if word in said]


@pytest.mark.parametrize(
    ("typed", "yes"), [("oui\n", True), ("O\n", True), ("non\n", False), ("\n", False)]
)
def test_a_question_is_answered_in_french(typed, yes, monkeypatch, capsys):
    from olsdata.commandline import agreed

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert agreed("Mettre ce découpage en vigueur ?") is yes
    assert capsys.readouterr().out == "Mettre ce découpage en vigueur ? (oui/non): "


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "olsdata", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_the_real_process_writes_utf8_whatever_the_console(encoding):
    done = python("population", "--annee", "2026", "--csv", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.startswith(b"zone,label,valeur,")
    assert "Liège Sud-Huy-Waremme" in done.stdout.decode("utf-8")
    assert len(done.stdout.splitlines()) == 11


def test_the_real_process_refuses_in_french_and_prints_no_trace():
    done = python("population", "--annee", "2022", "--csv", PYTHONIOENCODING="cp1252")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.decode("utf-8").startswith("Erreur : Pas de population pour 2022.")
    assert b"Traceback" not in done.stderr


def test_the_real_process_verifies_the_embedded_data():
    done = python("verifier", PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(line.startswith("✓ ") for line in done.stdout.decode("utf-8").splitlines())


def test_the_registry_is_exported_and_taken_back(run, tmp_path):
    code, out, err = run("structures", "exporter")
    assert (code, err) == (0, "")
    assert len(rows(out)) == 132
    file = tmp_path / "registre.csv"
    file.write_bytes(out)
    code, out, err = run("structures", "importer", str(file))
    assert (code, out.decode(), err) == (0, "✓ 132 lignes inchangées.\n", "")
    new = "id,type,nom,date,source,communes\n,cercle_mg,Essai,2025,Site,Namur=1\n"
    file.write_text(new, "utf-8")
    code, out, err = run("structures", "importer", str(file), "--role", "iwpl")
    assert (code, out.decode(), err) == (0, "✓ 1 ajout et 0 ligne inchangée.\n", "")
    _, out, _ = run("structures", "exporter")
    assert [r["nom"] for r in rows(out) if r["role"] == "iwpl"] == ["Essai"]


def test_a_wrong_registry_file_names_its_rows_and_changes_nothing(run, tmp_path):
    file = tmp_path / "registre.csv"
    file.write_text("id,type,nom,date,source,communes\n,club,E,2025,S,Ici=2\n", "utf-8")
    code, out, err = run("structures", "importer", str(file))
    assert (code, out) == (1, b"")
    assert err.count("✗ Ligne 2 : ") == 2
    assert err.endswith("Rien n’a été changé.\n")
    code, _, err = run("structures", "importer", str(tmp_path / "absent.csv"))
    assert code == 1
    assert "absent.csv" in err


# --- Universalisme proportionné -----------------------------------------------------------------

EQUITY = {
    "besoin": "zone,label,indice,p5,p95,groupe,stabilite,p10_communes,p90_communes,couverture",
    "gradient": "ressource,niveau,n,sii,sii_bas,sii_haut,rii,rci",
    "proportionnalite": "zone,label,ressource,part_ressource,part_besoin,rapport,log2",
    "lecture-croisee": "zone,theme,chiffre,terrain,melange,etat,notes",
}
ASKED = {
    "besoin": [],
    "gradient": ["--ressource", "pharmacies"],
    "proportionnalite": ["--type", "clps", "--k", "2"],
    "lecture-croisee": ["--lambda", "0.5"],
}


@pytest.mark.parametrize("level", ["ols", "bassin", "commune"])
@pytest.mark.parametrize("command", list(EQUITY))
def test_the_commands_of_equity_keep_their_columns(run, command, level):
    code, out, err = run(command, *ASKED[command], "--niveau", level, "--csv")
    assert (code, err) == (0, "")
    assert out.decode("utf-8").startswith(EQUITY[command] + "\n")
    table = rows(out)
    assert not {"nan", "inf", "-inf"} & {cell.lower() for row in table for cell in row.values()}
    if level == "commune" and command in ("besoin", "proportionnalite"):
        assert len(table) == 261
        figure = "indice" if command == "besoin" else "rapport"
        assert sum(not row[figure] for row in table) == 9
    if command == "gradient":
        (row,) = table
        assert float(row["sii_bas"]) <= float(row["sii"]) <= float(row["sii_haut"])


@pytest.mark.parametrize("command", list(EQUITY))
def test_weights_can_be_given_in_a_file(run, command, tmp_path):
    path = tmp_path / "poids.csv"
    path.write_text("indicateur;poids\npct_80p_2021;1\n", "utf-8")
    plain, weighted = (
        run(command, *ASKED[command], "--niveau", "ols", *extra, "--csv")
        for extra in ([], ["--poids", str(path)])
    )
    assert weighted[0] == 0
    assert weighted[2] == ""
    if command != "lecture-croisee":  # one indicator per theme there, or two of equal weight
        assert weighted[1] != plain[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["besoin", "--niveau", "rue"], "Niveaux possibles : commune, bassin, ols"),
        (["besoin", "--poids", "absent.csv"], "introuvable"),
        (["gradient", "--ressource", "zzz"], "Ressource inconnue : « zzz »"),
        (["gradient"], "il manque l’option --ressource"),
        (["gradient", "--ressource", "cercle_mg"], "Sous 80 %"),
        (["proportionnalite", "--type", "clps", "--k", "9"], "k doit être compris entre 1 et 3"),
        (["proportionnalite", "--type", "clps", "--k", "abc"], "un nombre est attendu"),
        (["lecture-croisee", "--lambda", "2"], "λ va de 0 à 1"),
    ],
)
def test_equity_asked_wrongly_is_one_french_sentence(run, arguments, says):
    code, out, err = run(*arguments, "--csv")
    assert (code, out) == (1, b"")
    assert says in err
    assert err.count("\n") == 1


def test_a_registry_under_the_guard_is_printed_without_ratio_and_says_why(run):
    code, out, err = run("proportionnalite", "--type", "cercle_mg", "--csv")
    assert code == 0
    assert "59 publiés" in err
    assert all(row["rapport"] == row["log2"] == "" for row in rows(out))


def test_comparison_gives_measures_by_territory_against_the_reference(run: Run) -> None:
    code, out, _ = run(
        "comparer", "--territoires", "05,01", "--indicateurs", "pct_65p_2021,besoin", "--csv"
    )
    found = rows(out)
    assert code == 0
    assert [(r["indicateur"], r["zone"]) for r in found] == [
        ("pct_65p_2021", "01"),
        ("pct_65p_2021", "05"),
        ("besoin", "01"),
        ("besoin", "05"),
    ]
    for row in found:
        gap = float(row["valeur"]) - float(row["repere"])
        assert gap == pytest.approx(float(row["ecart"]))


def test_comparison_names_a_reference_that_does_not_exist(run: Run) -> None:
    code, out, err = run("comparer", "--territoires", "05", "--reference", "1999")
    assert (code, out) == (1, b"")
    assert "1999" in err


def test_a_portrait_is_written_as_pdf_and_docx(run, tmp_path):
    pdf, docx = tmp_path / "p.pdf", tmp_path / "p.docx"
    code, out, err = run("portrait", "--ols", "05", "--pdf", str(pdf), "--docx", str(docx))
    assert (code, err) == (0, "")
    assert out.decode().count("✓ 05 Namur-Ouest") == 2
    assert pdf.read_bytes()[:5] == b"%PDF-"
    assert docx.read_bytes()[:2] == b"PK"
    assert sorted(p.name for p in tmp_path.rglob("*.*")) == ["p.docx", "p.pdf"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "il manque l’option --ols"),
        (("--ols", "05"), "il manque --pdf FICHIER ou --docx FICHIER"),
        (("--ols", "99", "--pdf", "x.pdf"), "« 99 »"),
        (("--tous", "d", "--ols", "05"), "sans --ols"),
        (("--ols", "05", "--pdf", "/proc/non/x.pdf"), "n’a pas pu être écrit"),
    ],
)
def test_a_portrait_asked_wrongly_says_what_is_wrong(run, arguments, sentence):
    code, _, err = run("portrait", *arguments)
    assert code == 1
    assert err.startswith("Erreur : ")
    assert sentence in err


def test_zones_with_their_values_are_written_as_geojson(run, tmp_path):
    path = tmp_path / "zones.geojson"
    code, out, err = run("chiffres", "--indicateur", "pct_65p_2021", "--niveau", "bassin",
                         "--csv", "--geojson", str(path))  # fmt: skip
    assert (code, err) == (0, "")
    features = json.loads(path.read_text("utf-8"))["features"]
    assert [f["id"] for f in features] == [row["zone"] for row in rows(out)]
    code, out, err = run(
        "chiffres", "--indicateur", "pct_65p_2021", "--niveau", "wallonie", "--geojson", str(path)
    )
    assert (code, out) == (1, b"")
    assert "Pas de limites" in err
