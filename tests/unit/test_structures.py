"""Structures: conservation, intervals, the completeness guard, and naive twins of coherence."""

from __future__ import annotations

import dataclasses
import math
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from olsdata import catalogue, checks, structures, tables, territory
from olsdata.structures import OUTSIDE, TYPES
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning
from tests.unit.conftest import rows_of

FACTS = tables.load()
OLS = territory.zoning("ols")
COMMUNES = list(FACTS.communes.index)
PEOPLE = {
    row["refnis"]: int(row["population"])
    for row in rows_of("population_totale.csv")
    if row["annee"] == "2026"
}
GERMAN = {row["refnis"] for row in rows_of("communes.csv") if row["germanophone"] == "1"}

Shares = dict[str, dict[str, float | None]]
"""Structure → commune → share, None when it is unknown."""


def covering(kind: str) -> Shares:
    """The coverage of a type read from the CSV files, without any of our code."""
    mine = {
        row["id"]
        for row in rows_of("structures.csv")
        if row["type"] == kind and row["germanophone"] == "0"
    }
    found: Shares = {}
    for row in rows_of("structures_couverture.csv"):
        if row["structure"] in mine:
            part = float(row["part"]) if row["part"] else None
            found.setdefault(row["structure"], {})[row["refnis"]] = part
    return found


def as_zoning(zones: dict[str, str]) -> Zoning:
    """A zoning made of whole communes (commune → zone)."""
    sectors = FACTS.secteurs["refnis"].map(zones)
    names = sorted(set(zones.values()))
    labels = pd.DataFrame({"label": names}, index=pd.Index(names, name="zone"))
    return territory.build(sectors, labels, FACTS, tables.read_zoning("provinces")[1])


@pytest.fixture(scope="module")
def held(naive_shares: Callable[[str, str], dict[str, dict[str, float]]]) -> dict[str, object]:
    return naive_shares("ols", "population_2024")


def placed(shares: dict[str, float | None]) -> dict[str, float]:
    """Inhabitants that a structure covers: known shares; all it touches when it has none."""
    known = {code: part for code, part in shares.items() if part}
    return {code: part * PEOPLE[code] for code, part in (known or dict.fromkeys(shares, 1)).items()}


def spread(shares: dict[str, float | None], held: dict) -> dict[str, float]:
    """Inhabitants of a structure by OLS, the rest « hors »."""
    found: dict[str, float] = defaultdict(float)
    for code, people in placed(shares).items():
        inside = 0.0
        for zone, communes in held.items():
            found[zone] += people * communes.get(code, 0.0)
            inside += communes.get(code, 0.0)
        found[OUTSIDE] += people * (1 - inside)
    return {zone: people for zone, people in found.items() if people > 1e-6}


# --- Allocation and coverage ----------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 40), left=st.integers(0, 60))
def test_allocation_gives_out_each_structure_once_whatever_the_zoning(seed, count, left):
    random = np.random.default_rng(seed)
    codes = random.permutation([c for c in COMMUNES if c not in GERMAN])[left:]
    zoning = as_zoning({c: f"z{random.integers(count)}" for c in codes})
    for kind in TYPES:
        known = [s for s in covering(kind).values() if any(s.values())]
        spread_ = structures.allocation(kind, zoning)
        assert spread_.to_numpy().sum() == pytest.approx(len(known), abs=1e-9), kind
        assert (spread_.to_numpy() >= 0).all()
        assert len(spread_) + len(structures.left_out(kind)) == len(structures.recorded(kind))


@pytest.mark.parametrize("kind", TYPES)
def test_the_ten_ols_and_outside_hold_every_structure_with_a_known_share(kind, held):
    found = structures.allocation(kind, OLS)
    assert list(found.columns) == [*OLS.zones.index, OUTSIDE]
    for id_, shares in covering(kind).items():
        if not any(shares.values()):
            assert id_ not in found.index
            continue
        naive = spread(shares, held)
        total = sum(naive.values())
        for zone, share in found.loc[id_].items():
            assert share == pytest.approx(naive.get(str(zone), 0) / total, abs=1e-9)


@pytest.mark.parametrize("kind", TYPES)
def test_coverage_is_an_interval_from_the_known_shares_to_all(kind, held):
    found = structures.coverage(kind, OLS)
    every = covering(kind)
    for zone, communes in held.items():
        people = {code: part * PEOPLE[code] for code, part in communes.items()}
        low = high = 0.0
        touch = Counter(code for shares in every.values() for code in shares)
        for code, count in people.items():
            parts = [shares[code] for shares in every.values() if code in shares]
            low += count * max((p or 0 for p in parts), default=0)
            high += count * min(1, sum(1 if p is None else p for p in parts))
        row = found.loc[zone]
        total = sum(people.values())
        assert row["habitants"] == pytest.approx(total)
        assert row["part_min"] == pytest.approx(low / total, abs=1e-9)
        assert row["part_max"] == pytest.approx(high / total, abs=1e-9)
        assert 0 <= row["part_min"] <= row["part_max"] <= 1 + 1e-12
        assert row["touchent"] == sum(not set(s).isdisjoint(communes) for s in every.values())
        assert row["sans"] == sum(touch[code] == 0 for code in communes)
        assert row["plusieurs"] == sum(touch[code] > 1 for code in communes)


def with_coverage(*rows: tuple[str, str, float | None], kind: str = "rml") -> Facts:
    """The facts in which a type has only these pairs (structure, commune, share)."""
    others = FACTS.structures[FACTS.structures["type"] != kind]
    template = FACTS.structures.iloc[0].to_dict() | {"type": kind, "statut": "source"}
    ids = [*dict.fromkeys(id_ for id_, _, _ in rows), "sans-commune"]
    mine = pd.DataFrame([template | {"nom": id_} for id_ in ids], index=pd.Index(ids, name="id"))
    pairs = pd.DataFrame(
        [(*row, "source", "essai") for row in rows], columns=list(FACTS.couverture.columns)
    ).astype({"part": float})
    return dataclasses.replace(
        FACTS, structures=pd.concat([others, mine]), couverture=pairs.reset_index(drop=True)
    )


def test_a_structure_without_any_commune_covers_nobody_and_is_left_out():
    facts = with_coverage(("a", "92094", 1.0))
    cover = structures.coverage("rml", OLS, facts)
    assert structures.completeness("rml", facts).recorded == 2
    assert structures.completeness("rml", facts).with_zone == 1
    assert cover["touchent"].sum() == 2  # Namur is shared by two OLS
    assert list(structures.left_out("rml", facts).index) == ["sans-commune"]
    assert structures.allocation("rml", OLS, facts).to_numpy().sum() == pytest.approx(1)
    assert "sans-commune" not in structures.coherence("rml", OLS, facts).index


def test_a_type_without_any_zone_is_unknown_everywhere_and_has_no_index():
    assert structures.coverage("rml", OLS)["part_max"].eq(0).all()
    assert structures.density("rml", OLS)["statut"].eq("inconnu").all()
    assert math.isnan(structures.coherence_index("rml", OLS))
    assert structures.straddling("rml", OLS).empty
    assert structures.misplaced("rml", OLS).empty


def test_two_halves_of_a_commune_make_one_commune_and_each_half_is_judged():
    """Namur cut in two: one half also has Arlon, far away, and so crosses the limits."""
    facts = with_coverage(("a", "91030", 0.5), ("b", "91030", 0.5), ("b", "81001", 1.0))
    row = structures.coverage("rml", OLS, facts).loc["06"]
    assert row["part_min"] < row["part_max"]  # whether the halves overlap is not known
    cell = structures.cells("rml", OLS, facts=facts).loc["06"]
    assert cell["a_cheval"] == pytest.approx(0.5)
    whole = structures.concerned("rml", ["a", "b"], facts)
    assert whole == pytest.approx(PEOPLE["91030"] + PEOPLE["81001"])


# --- The guard ------------------------------------------------------------------------------------

OPEN = {"clps", "pfcsm", "reseau_sm_jeunes"}
WITH_ZONE = {
    "clps": (9, 9),
    "reseau_sm_jeunes": (5, 5),
    "pfcsm": (5, 6),
    "sisd": (5, 7),
    "reseau_107": (4, 7),
    "equipe_palliative": (4, 9),
    "plateforme_palliative": (3, 8),
    "cercle_mg": (33, 59),
    "rml": (0, 12),
    "reseau_hospitalier": (0, 8),
    "pmg": (11, None),
}


@pytest.mark.parametrize("kind", TYPES)
def test_density_opens_from_80_percent_of_the_published_structures_with_a_zone(kind):
    known = structures.completeness(kind)
    assert (known.with_zone, known.published) == WITH_ZONE[kind]
    assert known.open == (kind in OPEN)
    found = structures.density(kind, OLS)
    assert list(found.columns[:8]) == [
        "label",
        "structures_allouees",
        "touchent",
        "habitants",
        "part_couverte_min",
        "part_couverte_max",
        "densite_100k",
        "habitants_par_structure",
    ]
    closed = found["densite_100k"].isna()
    assert closed[found["part_couverte_max"] < 0.8].all()
    assert set(found["statut"][closed]) <= {"minimum", "inconnu"}
    assert set(found["statut"][~closed]) <= {"comparable", "comparable_deduit"}
    assert closed.equals(found["habitants_par_structure"].isna()) or kind in OPEN
    if kind not in OPEN:
        assert closed.all()
        assert (found["touchent"].eq(0) == found["statut"].eq("inconnu")).all()


def test_the_guard_is_at_80_percent_exactly():
    template = structures.completeness("clps")
    nine = dataclasses.replace(template, published=10, open_zone=8)
    assert nine.open
    assert not dataclasses.replace(nine, open_zone=7).open
    assert not dataclasses.replace(nine, published=None).open
    # Zones of structures still to be checked do not count.
    assert not dataclasses.replace(nine, with_zone=10, open_zone=7).open


def test_a_zone_declared_complete_opens_and_the_others_stay_closed():
    before = structures.density("cercle_mg", OLS)
    found = structures.density("cercle_mg", OLS, frozenset({"07", "09"}))
    opened = found.index[found["densite_100k"].notna()]
    assert before["densite_100k"].isna().all()
    assert set(opened) == {
        z for z in ("07", "09") if before.at[z, "part_couverte_max"] >= structures.ENOUGH
    }
    assert len(opened) > 0
    others = found.index.difference(opened)
    pd.testing.assert_frame_equal(found.loc[others], before.loc[others])
    assert found.loc[opened, "statut"].str.startswith("comparable").all()


def test_a_declared_zone_is_compared_in_the_matrix_and_no_other():
    assert not structures.cells("cercle_mg", OLS)["ouvert"].any()
    cells = structures.cells("cercle_mg", OLS, frozenset({"09"}))
    assert cells.index[cells["ouvert"]].tolist() == ["09"]


def test_a_declared_zone_where_too_few_inhabitants_are_covered_stays_closed():
    thin = structures.density("plateforme_palliative", OLS)
    zone = thin.index[thin["part_couverte_max"] < 0.8][0]
    declared = structures.density("plateforme_palliative", OLS, frozenset({zone}))
    assert math.isnan(declared.at[zone, "densite_100k"])


def test_the_densities_of_the_clps_are_those_counted_by_hand(held):
    found = structures.density("clps", OLS)
    assert list(found.index) == [f"{n:02}" for n in range(1, 11)]
    assert found["statut"].eq("comparable").all()
    allotted: dict[str, float] = defaultdict(float)
    for shares in covering("clps").values():
        naive = spread(shares, held)
        for zone, people in naive.items():
            allotted[zone] += people / sum(naive.values())
    for zone, communes in held.items():
        people = sum(part * PEOPLE[code] for code, part in communes.items())
        assert found.at[zone, "structures_allouees"] == pytest.approx(allotted[zone])
        assert found.at[zone, "densite_100k"] == pytest.approx(1e5 * allotted[zone] / people)
        assert found.at[zone, "habitants_par_structure"] == pytest.approx(people / allotted[zone])
    assert found["structures_allouees"].sum() == pytest.approx(9)
    # Luxembourg and Verviers each have one centre of their own, and share none.
    assert found.loc[["09", "10"], "structures_allouees"].tolist() == pytest.approx([1, 1])
    land = sum(float(row["area_km2_2026"]) for row in rows_of("indicateurs.csv"))
    german = sum(
        float(row["area_km2_2026"]) for row in rows_of("indicateurs.csv") if row["refnis"] in GERMAN
    )
    total = (found["km2_par_structure"] * found["structures_allouees"]).sum()
    assert total == pytest.approx(land - german)


def test_the_region_has_one_cercle_for_61_600_inhabitants():
    ols = sum(people for code, people in PEOPLE.items() if code not in GERMAN)
    assert structures.regional_density("cercle_mg") == pytest.approx(ols / 59)
    assert round(structures.regional_density("cercle_mg"), -2) == 61_600
    assert math.isnan(structures.regional_density("pmg"))


@pytest.mark.parametrize(
    ("kind", "inhabitants", "says"),
    [
        ("plateforme_palliative", 199_999, "en dessous"),
        ("plateforme_palliative", 200_000, "conforme"),
        ("plateforme_palliative", 1_000_000, "conforme"),
        ("plateforme_palliative", 1_000_001, "au-dessus"),
        ("plateforme_palliative", math.nan, ""),
        ("plateforme_palliative", math.inf, ""),
        ("clps", 400_000, "règle non applicable"),
        ("rml", math.nan, "règle non applicable"),
    ],
)
def test_a_density_is_held_against_the_rule_of_its_type(kind, inhabitants, says):
    assert structures.judge(kind, inhabitants) == says


@pytest.mark.parametrize(
    ("inhabitants", "aged_60", "places"),
    [
        (0, 0, 3),
        (240_000, 60_000, 3),  # 300,000: three slices, none started
        (240_001, 60_000, 4),  # one person more starts a fourth
        (300_000, 99_999, 4),
        (300_000, 100_001, 5),
        (2_000_000, 500_000, 5),
    ],
)
def test_the_rule_of_the_ccsad_starts_a_slice_and_counts_the_aged_twice(
    inhabitants, aged_60, places
):
    assert structures.ccsad_places(inhabitants, aged_60) == places


@pytest.mark.parametrize("people", [(-1, 0), (10, -1), (10, 11), (math.nan, 0), (10, math.nan)])
def test_the_rule_of_the_ccsad_refuses_what_is_no_population(people):
    with pytest.raises(ValueError, match="not people"):
        structures.ccsad_places(*people)


def test_the_rule_of_the_ccsad_is_the_one_of_the_table_of_rules():
    (row,) = [r for r in rows_of("structures_regles.csv") if r["type"] == "ccsad"]
    of_the_table = tuple(
        int(row[k])
        for k in ("tranche_habitants", "min_par_zone", "max_par_zone", "max_par_federation")
    )
    assert of_the_table == (
        structures.CCSAD_SLICE,
        structures.CCSAD_LEAST,
        structures.CCSAD_MOST,
        structures.CCSAD_OF_ONE_FEDERATION,
    )
    assert row["poids_60_ans"] == "2"


# --- Coherence ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in TYPES if covering(kind)])
def test_a_zoning_made_of_a_types_own_zones_is_wholly_coherent(kind):
    """A zone per structure; those that share a commune are merged."""
    home: dict[str, str] = {}
    for id_, shares in covering(kind).items():
        names = {home[c] for c in shares if c in home} | {id_}
        for code, zone in home.items():
            if zone in names:
                home[code] = id_
        home |= dict.fromkeys(shares, id_)
    zoning = as_zoning(home)
    assert structures.coherence_index(kind, zoning) == 1
    assert structures.straddling(kind, zoning).empty
    assert structures.misplaced(kind, zoning).empty


def test_the_clps_are_wholly_coherent_with_the_groups_of_the_law_only():
    assert structures.coherence_index("clps", territory.zoning("clps")) == 1
    assert structures.coherence_index("clps", OLS) < 1


@pytest.mark.parametrize("kind", TYPES)
def test_straddling_structures_and_their_inhabitants_are_those_counted_naively(kind, held):
    every = covering(kind)
    people = {id_: sum(placed(shares).values()) for id_, shares in every.items()}
    naive = {id_: spread(shares, held) for id_, shares in every.items()}
    crossing = {
        id_: zones
        for id_, zones in naive.items()
        if len(zones) > 1 and people[id_] - max(zones.values()) > 0.5
    }
    found = structures.straddling(kind, OLS)
    assert set(found.index) == set(crossing)
    for id_, zones in crossing.items():
        assert found.at[id_, "principale"] == max(zones, key=lambda z: zones[z])
        assert found.at[id_, "ailleurs"] == pytest.approx(people[id_] - max(zones.values()))
        assert found.at[id_, "inconnu"] == (not any(every[id_].values()))
    index = structures.coherence_index(kind, OLS)
    if every:
        whole = sum(p for id_, p in people.items() if len(naive[id_]) == 1)
        assert index == pytest.approx(whole / sum(people.values()))
    covered: dict[str, float] = defaultdict(float)
    for id_ in crossing:
        for code, count in placed(every[id_]).items():
            covered[code] = min(covered[code] + count, PEOPLE[code])
    assert structures.concerned(kind, found.index) == pytest.approx(sum(covered.values()))


def test_four_clps_of_nine_straddle_and_that_concerns_2_191_650_inhabitants():
    found = structures.straddling("clps", OLS)
    assert (len(found), len(structures.coherence("clps", OLS))) == (4, 9)
    assert structures.concerned("clps", found.index) == 2_191_650


@pytest.mark.parametrize("kind", TYPES)
def test_what_an_alignment_would_move_is_counted_naively(kind, held):
    naive = {}
    for id_, shares in covering(kind).items():
        zones = spread(shares, held)
        home = max(zones, key=lambda z: zones[z])
        for code, people in placed(shares).items():
            for zone, communes in held.items():
                if zone != home and communes.get(code):
                    naive[id_, code, zone] = (home, people * communes[code])
    found = structures.misplaced(kind, OLS).set_index(["structure", "refnis", "zone"])
    assert set(found.index) == set(naive)
    for key, (home, people) in naive.items():
        assert found.at[key, "principale"] == home
        assert found.at[key, "habitants"] == pytest.approx(people)


@pytest.mark.parametrize("zone", ["01", "05", "06", "09"])
@pytest.mark.parametrize("kind", TYPES)
def test_gaps_and_overlaps_are_named(kind, zone, held):
    names = {row["refnis"]: row["nom"] for row in rows_of("communes.csv")}
    count = Counter(code for shares in covering(kind).values() for code in shares)
    assert structures.gaps(kind, OLS, zone) == sorted(names[c] for c in held[zone] if not count[c])
    assert structures.overlaps(kind, OLS, zone) == sorted(
        names[c] for c in held[zone] if count[c] > 1
    )
    ids = {i for i, shares in covering(kind).items() if not set(shares).isdisjoint(held[zone])}
    assert set(structures.coverage_of(kind, OLS, zone)) == ids
    assert set(structures.touching(kind, OLS, zone).index) == ids


def test_a_change_of_limits_can_be_tried():
    """Were the OLS cut along the groups of the CLPS, no centre would straddle."""
    groups = {row["refnis"]: row["zone"] for row in rows_of("decoupages/clps.csv")}
    tried = as_zoning(groups)
    assert structures.straddling("clps", tried).empty
    assert not structures.straddling("clps", as_zoning({c: c for c in COMMUNES})).empty


# --- Meetings, cards, lists -----------------------------------------------------------------------


def test_pairs_that_sit_together_in_three_bodies_are_listed_once_whatever_the_order():
    links = pd.DataFrame(
        [
            ("a", "b", "comité"),
            ("b", "a", "conseil"),
            ("a", "b", "groupe"),
            ("a", "b", "groupe"),
            ("a", "c", "comité"),
            ("a", "c", "conseil"),
            ("b", "c", None),
        ],
        columns=["structure_a", "structure_b", "instance"],
    )
    found = structures.double_meetings(links)
    assert found.to_dict("records") == [
        {"a": "a", "b": "b", "instances": 3, "noms": "comité ; conseil ; groupe"}
    ]
    assert len(structures.double_meetings(links, least=2)) == 2
    assert structures.double_meetings(links.iloc[:0]).empty


def test_every_type_has_a_card_with_ten_headings_and_its_sources():
    cards = structures.types()
    assert tuple(cards) == TYPES
    assert len(TYPES) == 11
    assert len(structures.HEADINGS) == 10
    for card in cards.values():
        assert set(structures.HEADINGS) <= set(card.about)
        assert card.about["missions"]
        assert all(source["titre"] for source in card.about["sources"])


@pytest.mark.parametrize("zone", [*OLS.zones.index, "wallonie"])
def test_every_structure_of_the_list_to_print_has_a_source(zone):
    zoning = territory.zoning("wallonie") if zone == "wallonie" else OLS
    found = structures.listing(zoning, zone)
    assert found["source"].str.strip().ne("").all()
    assert found["nom"].str.strip().ne("").all()
    assert list(found.index) == list(dict.fromkeys(found.index))
    every = {i for kind in TYPES for i in structures.coverage_of(kind, zoning, zone)}
    assert set(found.index) == every
    crossing = {i for kind in TYPES for i in structures.straddling(kind, OLS).index}
    assert set(found.index[found["a_cheval"]]) == crossing & every
    assert found.loc[found["a_cheval"], "zones_ols"].str.contains(" ; ").all()


def test_the_list_of_wallonia_names_every_structure_with_a_zone():
    found = structures.listing(territory.zoning("wallonie"), "wallonie")
    assert len(found) == sum(len(covering(kind)) for kind in TYPES)


@pytest.fixture
def cards_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A copy of the cards in place of the real ones."""
    shutil.copytree(catalogue.CARDS / "structures", tmp_path / "structures")
    monkeypatch.setattr(catalogue, "CARDS", tmp_path)
    structures.types.cache_clear()
    yield tmp_path / "structures"
    structures.types.cache_clear()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda raw: raw[:40],
    "latin-1": lambda raw: raw.decode("utf-8").encode("latin-1", errors="replace"),
    "empty": lambda raw: b"",
    "a heading missing": lambda raw: re.sub(rb"(?m)^pilotage = .*\n", b"", raw),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_card_of_a_type_is_named_in_french(cards_copy, change):
    path = cards_copy / "clps.toml"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=r"structures/clps\.toml : (illisible|il manque)"):
        structures.types()


def test_a_card_that_is_gone_is_named_in_french(cards_copy):
    (cards_copy / "rml.toml").unlink()
    with pytest.raises(DataError, match=r"structures/rml\.toml : illisible"):
        structures.types()


def test_a_card_without_its_sources_is_seen_by_verifier(cards_copy, monkeypatch):
    path = cards_copy / "pmg.toml"
    text = path.read_text("utf-8")
    path.write_text("sources = []\n" + text[: text.index("[[sources]]")], "utf-8")
    report = checks.Report()
    checks.check_structures(FACTS, report)
    assert report.wrong == ["Structures : fiches sans source, pmg."]


def test_an_unknown_type_names_those_that_exist():
    with pytest.raises(DataError, match=r"Type de structure inconnu : « cpas »\..*cercle_mg, rml"):
        structures.type_("cpas")


# --- Bad tables -----------------------------------------------------------------------------------

FILE, PAIRS, LINKS = "structures.csv", "structures_couverture.csv", "structures_liens.csv"


def add(line: str) -> Callable[[bytes], bytes]:
    return lambda raw: raw + f"{line}\n".encode()


def field(column: str, value: str) -> Callable[[bytes], bytes]:
    """The first row of the registry with another value in one column."""

    def change(raw: bytes) -> bytes:
        head, first, rest = raw.decode("utf-8").split("\n", 2)
        cells = first.split(",")
        cells[head.split(",").index(column)] = value
        return "\n".join([head, ",".join(cells), rest]).encode()

    return change


def doubled(raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True)
    return b"".join([*lines[:2], lines[1], *lines[2:]])


BAD: dict[str, tuple[str, Callable[[bytes], bytes], list[str]]] = {
    "an unknown commune": (
        PAIRS,
        add("clps-namur,99999,1,source,"),
        [f"{PAIRS}, ligne 1600, colonne « refnis »", "« 99999 » est inconnu"],
    ),
    "an unknown structure": (
        PAIRS,
        add("clps-lune,92094,1,source,"),
        [f"{PAIRS}, ligne 1600, colonne « structure »", "« clps-lune »"],
    ),
    "a share above 1": (
        PAIRS,
        lambda raw: raw.replace(b"63003,1,", b"63003,1.2,", 1),
        [f"{PAIRS}, ligne 2, colonne « part »", "part hors de 0–1", "1.2"],
    ),
    "a negative share": (
        PAIRS,
        lambda raw: raw.replace(b"63003,1,", b"63003,-0.1,", 1),
        [f"{PAIRS}, ligne 2, colonne « part »", "part hors de 0–1"],
    ),
    "a share in words": (
        PAIRS,
        lambda raw: raw.replace(b"63003,1,", b"63003,tout,", 1),
        [f"{PAIRS}, ligne 2", "part", "« tout »"],
    ),
    "a pair twice": (PAIRS, doubled, [f"{PAIRS}, ligne 3", "cercle-agef"]),
    "a structure without source": (
        FILE,
        field("source", ""),
        [f"{FILE}, ligne 2", "source", "manquante"],
    ),
    "two rows with one id": (FILE, doubled, [f"{FILE}, ligne 3", "cercle-agef"]),
    "an unknown type": (
        FILE,
        field("type", "cpas"),
        [f"{FILE}, ligne 2, colonne « type »", "type de structure inconnu", "cpas"],
    ),
    "a seat nowhere": (
        FILE,
        field("siege_refnis", "99999"),
        [f"{FILE}, ligne 2, colonne « siege_refnis »", "« 99999 » est inconnu"],
    ),
    "an unknown kind of link": (
        LINKS,
        add("rml,clps,amitié,,essai,,relation type"),
        [f"{LINKS}, ligne 25", "type_lien", "amitié"],
    ),
    "a link to nothing": (
        LINKS,
        add("rml,lune,support,,essai,,relation type"),
        [f"{LINKS} : structures inconnues, lune"],
    ),
    "two reference totals": (
        "structures_totaux.csv",
        add("clps,Wallonie,10,2025,essai,,1,"),
        ["structures_totaux.csv : deux totaux de référence pour clps"],
    ),
}


@pytest.mark.parametrize(("name", "change", "says"), BAD.values(), ids=BAD)
def test_a_bad_table_of_structures_is_named_in_french(altered, name, change, says):
    report = checks.run(altered(name, change))
    wrong = "\n".join(report.wrong)
    for words_ in says:
        assert words_ in wrong
    assert not re.search(r"Traceback|Error|dtype|<|\bNone\b", wrong)


def test_verifier_says_what_the_registry_knows():
    said = "\n".join(checks.run().proved).replace("\u202f", " ")
    for proof in (
        "132 recensées avec leur source, 11 types, chacun sa fiche",
        "clps 9/9",
        "cercle_mg 33/59",
        "pmg 11/?",
        "1 598 couples structure–commune, dont 241 de part inconnue",
    ):
        assert proof in said
