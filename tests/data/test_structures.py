"""The registry of meso structures: complete, sourced, and counted as it is announced."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
GEODATA = ROOT / "geodata"
CARDS = sorted((ROOT / "olsdata" / "catalogue" / "structures").glob("*.toml"))

TYPES = [
    "cercle_mg",
    "rml",
    "sisd",
    "plateforme_palliative",
    "equipe_palliative",
    "clps",
    "pfcsm",
    "reseau_107",
    "reseau_sm_jeunes",
    "pmg",
    "reseau_hospitalier",
]
TEXTS = [
    "id",
    "titre",
    "titre_pluriel",
    "aide",
    "exemple",
    "origine",
    "composition",
    "pilotage",
    "territoire",
    "base_legale",
    "regle",
    "regle_article",
    "regle_type",
    "financement",
    "financement_annee",
    "forme_juridique",
    "contrats",
    "satisfaction",
    "niveau",
    "niveau_note",
    "secteur",
    "secteur_libelle",
    "usage",
    "fusion",
    "fusion_note",
    "limites",
]
NEVER_EMPTY = [
    "titre",
    "titre_pluriel",
    "aide",
    "composition",
    "territoire",
    "regle",
    "regle_type",
    "niveau",
    "secteur",
    "secteur_libelle",
    "fusion",
    "fusion_note",
    "limites",
]
RULES = {
    "aucune": set(),
    "un_par_zone": set(),
    "habitants_par_structure": {"regle_min", "regle_max"},
    "au_moins_une_par": {"regle_min", "regle_par"},
    "couverture_totale": set(),
    "nombre_maximal": {"regle_max"},
}
OPTIONS = {
    "un_par_zone": {"regle_zones", "regle_nombre"},
    "habitants_par_structure": {"regle_max_par_province"},
}
# All listed, listed without the German-speaking ones, « source » among these, and of both lots
# those with a zone.
COUNTS = {
    "cercle_mg": (41, 39, 28, 33, 24),
    "rml": (3, 3, 2, 0, 0),
    "sisd": (8, 7, 4, 5, 2),
    "plateforme_palliative": (7, 6, 6, 3, 3),
    "equipe_palliative": (8, 7, 7, 4, 4),
    "clps": (9, 9, 9, 9, 9),
    "pfcsm": (6, 6, 6, 5, 5),
    "reseau_107": (6, 6, 5, 4, 3),
    "reseau_sm_jeunes": (5, 5, 5, 5, 5),
    "pmg": (31, 31, 31, 11, 11),
    "reseau_hospitalier": (8, 8, 5, 0, 0),
}
REFERENCE = {
    "cercle_mg": 59,
    "rml": 12,
    "sisd": 7,
    "plateforme_palliative": 8,
    "equipe_palliative": 9,
    "clps": 9,
    "pfcsm": 6,
    "reseau_107": 7,
    "reseau_sm_jeunes": 5,
    "reseau_hospitalier": 8,
}
ZONINGS = {
    "provinces": (5, 261),
    "arrondissements": (20, 261),
    "clps": (9, 252),
    "secours": (14, 261),
}


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(GEODATA / name, dtype=str, keep_default_na=False)


structures = table("structures.csv")
coverage = table("structures_couverture.csv")
totals = table("structures_totaux.csv")
communes = table("communes.csv").set_index("refnis")
cards = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in CARDS}


def test_every_structure_has_its_own_id_a_known_type_a_name_and_a_source():
    assert len(structures) == 132
    assert structures["id"].is_unique
    assert set(structures["type"]) == set(TYPES)
    assert structures["nom"].str.strip().ne("").all()
    assert structures["source"].str.strip().ne("").all()
    assert set(structures["statut"]) == {"source", "a_verifier"}
    assert structures["annee"].str.fullmatch(r"|\d{4}").all()
    links = structures.set_index("id")["lien"]
    assert list(links.index[links.eq("")]) == ["rml-region-namuroise"]  # named in a thesis only


def test_a_seat_is_a_commune_or_unknown():
    known = structures["siege_refnis"]
    assert known.isin(["", *communes.index]).all()
    assert known.ne("").sum() == 44
    no_seat = structures[structures["type"].isin(["rml", "sisd", "clps"])]
    assert no_seat["siege_refnis"].eq("").all()


def test_coverage_names_known_structures_and_communes_once_with_a_possible_share():
    assert len(coverage) == 1598
    assert coverage["structure"].isin(structures["id"]).all()
    assert coverage["refnis"].isin(communes.index).all()
    assert not coverage.duplicated(["structure", "refnis"]).any()
    assert set(coverage["statut"]) == {"source", "deduit"}
    assert coverage["source"].str.strip().ne("").all()
    unknown = coverage["part"].eq("")
    assert unknown.sum() == 241
    assert coverage.loc[~unknown, "part"].astype(float).between(0, 1).all()


def test_the_german_speaking_structures_cover_german_speaking_communes_only():
    german = structures[structures["germanophone"] == "1"]
    assert set(structures["germanophone"]) == {"0", "1"}
    assert german["type"].value_counts().to_dict() == {
        "cercle_mg": 2,
        "sisd": 1,
        "plateforme_palliative": 1,
        "equipe_palliative": 1,
    }
    covered = coverage[coverage["structure"].isin(german["id"])]["refnis"]
    assert set(covered) == set(communes.index[communes["germanophone"] == "1"])


@pytest.mark.parametrize("kind", TYPES)
def test_counts_by_type_are_those_announced(kind):
    some = structures[structures["type"] == kind]
    ours = some[some["germanophone"] == "0"]
    sourced = ours[ours["statut"] == "source"]
    zones = set(coverage["structure"])
    found = (
        len(some),
        len(ours),
        len(sourced),
        int(ours["id"].isin(zones).sum()),
        int(sourced["id"].isin(zones).sum()),
    )
    assert found == COUNTS[kind]


def test_fourteen_circles_have_at_least_one_commune_with_a_known_share():
    ours = structures[(structures["type"] == "cercle_mg") & (structures["germanophone"] == "0")]
    known = set(coverage.loc[coverage["part"] != "", "structure"])
    assert ours["id"].isin(known).sum() == 14


def test_one_published_total_per_type_is_the_reference_and_on_call_posts_have_none():
    used = totals[totals["reference"] == "1"].set_index("type")["total"].astype(int)
    assert used.index.is_unique
    assert used.to_dict() == REFERENCE
    assert set(totals["type"]) <= set(TYPES)
    assert totals["source"].str.strip().ne("").all()
    circles = totals[(totals["type"] == "cercle_mg") & (totals["zone"] == "Wallonie")]
    assert set(circles["total"]) == {"59", "62", "64"}


def test_clps_zones_are_the_law_and_share_out_the_communes_of_the_french_language_region():
    clps = coverage[coverage["structure"].str.startswith("clps-")]
    french = set(communes.index[communes["germanophone"] == "0"])
    assert len(clps) == 252
    assert set(clps["refnis"]) == french
    assert clps["structure"].nunique() == 9
    assert set(clps["statut"]) == {"source"}
    assert set(clps["part"]) == {"1"}
    zoning = table("decoupages/clps.csv")
    assert set(zip(zoning["zone"], zoning["refnis"], strict=True)) == set(
        zip(clps["structure"], clps["refnis"], strict=True)
    )


@pytest.mark.parametrize("name", ZONINGS)
def test_a_zoning_to_compare_with_holds_each_commune_once_and_says_where_it_comes_from(name):
    rows = table(f"decoupages/{name}.csv")
    about = tomllib.loads((GEODATA / "decoupages" / f"{name}.toml").read_text(encoding="utf-8"))
    zones, size = ZONINGS[name]
    assert list(rows.columns) == ["zone", "label", "refnis", "section"]
    assert (rows["zone"].nunique(), len(rows)) == (zones, size)
    assert rows["label"].nunique() == zones
    assert rows["refnis"].is_unique
    assert rows["refnis"].isin(communes.index).all()
    assert set(communes.index[communes["germanophone"] == "0"]) <= set(rows["refnis"])
    assert (about["id"], about["niveau"], about["statut"]) == (name, "autre", "officiel")
    for key in ("label", "source", "date", "version", "lien", "methode"):
        assert about[key].strip(), key


def test_each_type_has_its_card_and_no_card_is_left_alone():
    assert sorted(cards) == sorted(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_card_has_all_its_headings_a_rule_that_can_be_read_and_sources(kind):
    card = cards[kind]
    rule = card["regle_type"]
    assert card["id"] == kind
    assert not [key for key in NEVER_EMPTY if not card[key].strip()]
    wanted = {*TEXTS, "missions", "sources"} | RULES[rule]
    assert wanted <= set(card) <= wanted | OPTIONS.get(rule, set())
    assert card["missions"]
    assert all(mission.strip() for mission in card["missions"])
    assert card["niveau"] in ("micro", "méso-clinique", "méso-organisationnel")
    assert card["secteur"] in ("1LSS", "PP", "SH", "SM", "SSS")
    assert card["fusion"] in ("prévue", "hors fusion", "non précisé")
    assert card["sources"]
    for source in card["sources"]:
        assert set(source) == {"titre", "editeur", "annee", "lien"}
        assert source["titre"]
        assert source["editeur"]
        assert source["lien"] == "" or source["lien"].startswith("http")
    if "regle_zones" in card:
        assert (GEODATA / "decoupages" / f"{card['regle_zones']}.csv").exists()


def test_bodies_to_be_merged_are_said_to_exist_still():
    merged = [kind for kind, card in cards.items() if card["fusion"] == "prévue"]
    assert sorted(merged) == ["rml", "sisd"]
    assert all("existe encore" in cards[kind]["fusion_note"] for kind in merged)


def test_rules_name_known_types_and_ccsad_keeps_its_formula():
    rules = table("structures_regles.csv")
    named = rules[rules["type"] != ""]
    assert named["type"].is_unique
    assert set(named["type"]) - set(TYPES) == {"ols", "bassin", "ccsad"}
    assert rules["base_legale"].str.strip().ne("").all()
    ccsad = named.set_index("type").loc["ccsad"]
    formula = ["tranche_habitants", "min_par_zone", "max_par_zone", "poids_60_ans"]
    assert list(ccsad[formula]) == ["100000", "3", "5", "2"]
    palliative = named.set_index("type").loc["plateforme_palliative"]
    card = cards["plateforme_palliative"]
    assert int(palliative["habitants_min"]) == card["regle_min"]
    assert int(palliative["habitants_max"]) == card["regle_max"]


def test_links_are_generic_relations_between_types_each_with_its_source():
    links = table("structures_liens.csv")
    others = {"ols", "ccsad", "ssm"}
    assert set(links["statut"]) == {"relation type"}
    assert set(links["structure_a"]) | set(links["structure_b"]) <= set(TYPES) | others
    assert set(links["type_lien"]) == {"organe de gouvernance", "partage d’activités", "support"}
    assert links["source"].str.strip().ne("").all()
    assert not links.duplicated(["structure_a", "structure_b", "type_lien"]).any()


def test_shortage_thresholds_follow_from_the_criteria_and_the_density_of_each_commune():
    criteria = table("mg_penurie_criteres.csv")
    limits = table("mg_penurie_seuils.csv").set_index("refnis").drop(columns="remarque")
    limits = limits.astype(float)
    french = communes.index[communes["germanophone"] == "0"]
    assert set(limits.index) == set(french)
    area = table("indicateurs.csv").set_index("refnis")["area_km2_2026"].astype(float)
    people = table("population_totale.csv")
    people = people[people["annee"] == "2026"].set_index("refnis")["population"].astype(float)
    assert limits["population_2026"].eq(people.reindex(limits.index)).all()
    density = people.reindex(limits.index) / area.reindex(limits.index)
    assert (limits["habitants_km2_2026"] - density).abs().max() < 0.1
    for kind, column in (("eligible", "eligible"), ("majore", "majore")):
        rows = criteria[(criteria["categorie"] == kind) & (criteria["zone"] == "")]
        best = pd.Series(0.0, index=limits.index)
        for row in rows.to_dict("records"):
            ceiling = float(row["habitants_km2_strictement_inferieur_a"] or "inf")
            rate = float(row["mg_pour_100000_strictement_inferieur_a"])
            best = best.mask((density < ceiling) & (best < rate), rate)
        assert limits[f"seuil_{column}_mg_100000"].eq(best).all()
        doctors = best * limits["population_2026"] / 100_000
        assert (limits[f"mg_seuil_{column}"] - doctors).abs().max() < 0.006


def test_the_judicial_cantons_hold_every_sector_once_and_cut_six_communes() -> None:
    rows = pd.read_csv(GEODATA / "decoupages" / "cantons.csv", dtype=str)
    sectors = pd.read_csv(GEODATA / "secteurs.csv", dtype=str)
    assert sorted(rows["secteur"]) == sorted(sectors["secteur"])
    home = sectors.set_index("secteur")["refnis"].reindex(rows["secteur"])
    cut = rows.groupby(home.to_numpy())["zone"].nunique()
    assert int((cut > 1).sum()) == 6
    assert rows["zone"].nunique() == 57


def test_the_themes_say_of_the_merger_what_the_sheets_say():
    themes = ROOT / "olsdata" / "reference" / "themes"
    blocks = tomllib.loads((themes / "missions.toml").read_text("utf-8"))["fiche"]
    (block,) = [b for b in blocks if b["titre"].startswith("Ce qui rejoint les OLS")]
    said = {name: foreseen for name, foreseen, _ in block["lignes"]}
    named = {
        "SISD": "sisd",
        "RML (RLM)": "rml",
        "CLPS": "clps",
        "Cercles de médecine générale": "cercle_mg",
        "Plateformes et réseaux de santé mentale, réseaux 107": "reseau_107",
        "Réseaux hospitaliers": "reseau_hospitalier",
    }
    for name, kind in named.items():
        sheet = tomllib.loads((CARDS[0].parent / f"{kind}.toml").read_text("utf-8"))
        assert said[name].startswith("hors fusion") == (sheet["fusion"] == "hors fusion"), name
        assert said[name].startswith("intégration non") == (sheet["fusion"] == "non précisé"), name
