"""Figures beside field notes: the formulas, the six states, and what never moves."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from olsdata import tables, territory
from olsdata.equity import blend, need
from olsdata.equity.need import Weights
from olsdata.equity.units import units
from olsdata.tables import DataError

TODAY = date(2026, 11, 21)
PLACES = ["05", "06", "03-52011A", "52011", "92094", "92094D", "91005", "wallonie", "63023"]
DIRECTIONS = ["plus", "comme", "moins", "sans"]
CONFIDENCES = ["elevee", "moderee", "faible", "tres_faible"]


def note(**given_) -> dict[str, object]:
    return {
        "id": "n1",
        "place": "06",
        "theme": "cadre_bati",
        "kind": "soft",
        "direction": "plus",
        "strength": 3,
        "confidence": "elevee",
        "review_by": "2027-11-21",
    } | given_


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=blend.NOTES)


def read(*rows: dict[str, object], zone: str = "06", theme: str = "cadre_bati", **options):
    level = options.pop("level", "ols")
    found = blend.cross_reading(table(*rows), level, today=TODAY, **options)
    return found[found["theme"] == theme].loc[zone]


some_notes = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 9),
            "place": st.sampled_from(PLACES),
            "theme": st.sampled_from([*need.themes(), "coordination"]),
            "kind": st.sampled_from(["soft", "warm"]),
            "direction": st.sampled_from(DIRECTIONS),
            "strength": st.integers(1, 3),
            "confidence": st.sampled_from(CONFIDENCES),
            "review_by": st.sampled_from(["", "2020-01-01", "2030-01-01"]),
        }
    ),
    max_size=30,
)


# --- Hard ---------------------------------------------------------------------------------------


def test_the_figure_of_a_theme_is_the_index_restricted_to_its_indicators():
    zoning = units("bassin")
    found = blend.hard(need.default_weights(), zoning)
    for theme, ids in {
        "individu": ["low_education_pct_2021", "unemployment_rate_15_64_2024"],
        "menage": ["income_median_admin_2023", "pct_hh_single_parent_2019"],
        "cadre_bati": ["pct_res_buildings_without_central_heating_2025"],
        "vieillesse": ["pct_80p_2021"],
        "mille_jours": ["pct_0_2_2021"],
    }.items():
        alone = need.by_zone(Weights.of(dict.fromkeys(ids, 1.0)), zoning)["indice"]
        assert found[theme].to_dict() == pytest.approx(alone.to_dict()), theme


def test_farther_is_a_greater_need_of_access():
    found = blend.hard(need.default_weights(), units("ols"))["acces"]
    assert found["10"] > 60 > 40 > found["08"]


def test_weights_move_the_figure_of_a_theme_and_never_empty_it():
    weights = Weights.of({"low_education_pct_2021": 3, "unemployment_rate_15_64_2024": 1})
    assert blend.theme_weights("individu", weights) == pytest.approx(
        {"low_education_pct_2021": 0.75, "unemployment_rate_15_64_2024": 0.25}
    )
    assert blend.theme_weights("vieillesse", weights) == {"pct_80p_2021": 1.0}
    assert blend.theme_weights("coordination", weights) == {}


# --- Soft ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "apport"),
    [
        ({}, 1.0),
        ({"direction": "moins"}, -1.0),
        ({"direction": "comme"}, 0.0),
        ({"direction": "sans"}, 0.0),
        ({"strength": 1}, 1 / 3),
        ({"confidence": "moderee"}, 0.75),
        ({"confidence": "faible"}, 0.5),
        ({"confidence": "tres_faible"}, 0.25),
        ({"review_by": "2026-11-21"}, 0.5),
        ({"review_by": "2026-11-22"}, 1.0),
        ({"review_by": ""}, 1.0),
        ({"direction": "Plus fort que le chiffre", "confidence": "Très faible"}, 0.25),
        ({"direction": "moins fort", "strength": 2, "confidence": "modérée"}, -0.5),
    ],
)
def test_a_note_brings_direction_times_strength_times_confidence_times_age(given_, apport):
    found = blend.contributions(table(note(**given_)), TODAY)
    assert found["apport"].item() == pytest.approx(apport)


def test_a_lone_note_moves_little():
    row = read(note(strength=2, confidence="moderee"))
    assert row["terrain"] == pytest.approx(0.5 / 2.75)
    assert row["melange"] == pytest.approx(row["chiffre"] + 0.5 * 20 * 0.5 / 2.75)
    assert row["etat"] == blend.MORE


def test_without_a_direction_a_note_is_listed_and_weighs_nothing():
    row = read(note(direction="sans", strength=None), note())
    assert row["terrain"] == pytest.approx(1 / 3)
    assert row["notes"] == 2


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"direction": "peut-être"}, "direction"),
        ({"confidence": "totale"}, "confidence"),
        ({"kind": "chaud"}, "kind"),
        ({"strength": 4}, "force 1, 2 ou 3"),
        ({"strength": None}, "force 1, 2 ou 3"),
    ],
)
def test_a_note_that_is_not_understood_is_refused_with_its_id(given_, says):
    with pytest.raises(DataError, match=f"Note n1 : .*{says}"):
        blend.contributions(table(note(**given_)), TODAY)


def test_a_table_without_a_column_is_refused():
    with pytest.raises(DataError, match="il manque la colonne theme"):
        blend.contributions(table(note()).drop(columns="theme"))


def test_a_note_on_an_indicator_speaks_of_its_theme():
    given_ = table(note(theme="")).assign(indicator="pct_80p_2021")
    assert blend.contributions(given_, TODAY)["theme"].item() == "vieillesse"
    assert blend.placed(table(note(theme="")), units("ols"), TODAY).empty


# --- Places -------------------------------------------------------------------------------------


def test_a_note_counts_for_the_share_of_the_zone_that_lives_in_its_place(naive_shares, plain):
    held = naive_shares("ols", "population_2024")["06"]
    sectors = plain("secteurs.csv")
    commune: dict[str, int] = {}
    for r in sectors:
        commune[r["refnis"]] = commune.get(r["refnis"], 0) + int(r["population_2024"])
    zone = sum(share * commune[code] for code, share in held.items())
    found = blend.places(units("ols"))
    assert found.at["92094", "zone"] == "06"
    assert found.at["92094", "part"] == pytest.approx(held["92094"] * commune["92094"] / zone)


@pytest.mark.parametrize(
    ("place", "level", "zone"),
    [
        ("06", "ols", "06"),
        ("06", "bassin", ""),
        ("06", "commune", ""),
        ("92094D", "ols", "05"),
        ("92094D", "commune", "92094"),
        ("91005", "ols", "06"),
        ("52011", "bassin", ""),
        ("52011", "ols", "03"),
        ("03-52011A", "bassin", "03-52011"),
        ("wallonie", "ols", ""),
        ("63023", "ols", ""),
        ("63023", "commune", "63023"),
    ],
)
def test_a_note_goes_up_never_down(place, level, zone):
    assert blend.places(units(level)).at[place, "zone"] == zone


def test_the_communes_of_an_ols_share_its_inhabitants():
    found = blend.places(units("ols"))
    communes = found[found.index.isin(tables.load().communes.index)]
    sums = communes.groupby("zone")["part"].sum()
    assert sums.drop(["05", "06", ""]).to_numpy() == pytest.approx(np.ones(8))
    assert (sums <= 1 + 1e-9).all()


def test_a_note_on_a_place_that_is_gone_is_named_and_counts_nowhere():
    gone = table(note(place="05-99999"), note(id="n2"), note(id="n3", place=""))
    assert blend.lost(gone, units("ols"))["id"].tolist() == ["n1"]
    assert len(blend.placed(gone, units("ols"), TODAY)) == 1


# --- States, one by one -------------------------------------------------------------------------


def test_no_figure_comes_first_even_with_notes():
    row = read(note(theme="coordination"), theme="coordination")
    assert row["etat"] == blend.NO_FIGURE
    assert row["notes"] == 1
    assert math.isnan(row["chiffre"])
    assert math.isnan(row["melange"])
    outside = read(note(place="63023"), zone="63023", level="commune")
    assert outside["etat"] == blend.NO_FIGURE
    assert math.isnan(outside["chiffre"])


def test_no_note_is_silence():
    assert read()["etat"] == blend.SILENT
    assert read(note(place="05"))["etat"] == blend.SILENT


def test_two_sides_of_half_a_note_each_are_divided():
    up = note(strength=2, confidence="moderee")
    down = note(strength=2, confidence="moderee", direction="moins")
    assert read(up, down)["etat"] == blend.DIVIDED
    # Divided comes before what the balance would say.
    assert read(up, down, note(), note(), note())["etat"] == blend.DIVIDED
    weak = note(strength=1, direction="moins")
    assert read(note(), note(), weak)["etat"] == blend.MORE


def test_more_less_and_agreed():
    assert read(note(strength=2, confidence="moderee"))["etat"] == blend.MORE
    assert read(note(strength=2, confidence="moderee", direction="moins"))["etat"] == blend.LESS
    assert read(note(strength=1, confidence="faible"))["etat"] == blend.AGREED
    assert read(note(direction="comme"))["etat"] == blend.AGREED


@pytest.mark.parametrize(
    ("arguments", "state"),
    [
        ((math.nan, 3, 9, 9, 0.9), blend.NO_FIGURE),
        ((50, 0, 0, 0, 0), blend.SILENT),
        ((50, 2, 0.5, 0.5, 0), blend.DIVIDED),
        ((50, 2, 0.5, 0.4999, 0), blend.AGREED),
        ((50, 1, 1, 0, 0.15), blend.MORE),
        ((50, 1, 1, 0, 0.1499), blend.AGREED),
        ((50, 1, 0, 1, -0.15), blend.LESS),
        ((0, 1, 0, 0, 0), blend.AGREED),
    ],
)
def test_the_limits_between_states(arguments, state):
    assert blend.states(*([a] for a in arguments)).tolist() == [state]


def test_warm_notes_are_always_listed_and_counted_only_when_asked():
    warm = note(kind="warm")
    off, on = read(warm), read(warm, warm=True)
    assert (off["terrain"], off["etat"], off["warm"], off["notes"]) == (0, blend.SILENT, 1, 1)
    assert on["terrain"] == pytest.approx(1 / 3)
    assert on["etat"] == blend.MORE


# --- Blend --------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(some_notes, st.floats(0, 1), st.booleans())
def test_the_blend_stays_within_reach_of_the_figure(notes, lam, warm):
    found = blend.cross_reading(table(*notes), "ols", lam, warm=warm, today=TODAY)
    assert found["terrain"].between(-1, 1, inclusive="neither").all()
    known = found.dropna(subset=["chiffre"])
    assert ((known["melange"] - known["chiffre"]).abs() <= 20 * lam + 1e-9).all()
    assert known["melange"].between(0, 100).all()
    assert set(found["etat"]) <= set(blend.STATES)
    assert found.loc[found["chiffre"].isna(), "melange"].isna().all()


@settings(max_examples=10, deadline=None)
@given(some_notes)
def test_without_lambda_the_blend_is_the_figure(notes):
    found = blend.cross_reading(table(*notes), "ols", 0.0, warm=True, today=TODAY)
    same = found["melange"].eq(found["chiffre"]) | found["chiffre"].isna()
    assert same.all()


@settings(max_examples=10, deadline=None)
@given(some_notes, st.randoms(use_true_random=False))
def test_the_order_of_notes_does_not_matter(notes, random):
    mixed = list(notes)
    random.shuffle(mixed)
    one, two = (blend.cross_reading(table(*n), "ols", today=TODAY) for n in (notes, mixed))
    assert one["terrain"].to_numpy() == pytest.approx(two["terrain"].to_numpy())


def naive_signal(rows, zone, theme, part):
    top = below = 0.0
    for r in rows:
        if r["theme"] != theme or r["kind"] != "soft" or r["direction"] == "sans":
            continue
        sure = {"elevee": 1, "moderee": 0.75, "faible": 0.5, "tres_faible": 0.25}[r["confidence"]]
        sign = {"plus": 1, "comme": 0, "moins": -1}[r["direction"]]
        age = 0.5 if "" < r["review_by"] <= TODAY.isoformat() else 1
        share = part.get((r["place"], zone), 0.0)
        top += sign * r["strength"] / 3 * sure * age * share
        below += sure * share
    return top / (below + 2)


@settings(max_examples=15, deadline=None)
@given(some_notes)
def test_the_signal_is_its_naive_twin(notes):
    held = blend.places(units("ols"))
    part = {(p, row["zone"]): row["part"] for p, row in held.loc[PLACES].iterrows() if row["zone"]}
    found = blend.cross_reading(table(*notes), "ols", today=TODAY)
    for zone, row in found.iterrows():
        expected = naive_signal(notes, zone, row["theme"], part)
        assert row["terrain"] == pytest.approx(expected), (zone, row["theme"])


@pytest.mark.parametrize("lam", [-0.1, 1.1, math.nan])
def test_lambda_stays_between_0_and_1(lam):
    with pytest.raises(DataError, match="λ va de 0 à 1"):
        blend.cross_reading(blend.no_notes(), "ols", lam)


def test_no_note_moves_nothing_and_every_theme_with_a_figure_is_there():
    found = blend.cross_reading(blend.no_notes(), "bassin", 1.0)
    assert found["melange"].equals(found["chiffre"])
    assert set(found["theme"]) == set(need.themes())
    assert len(found) == len(units("bassin").zones) * len(need.themes())


def test_a_theme_with_a_note_anywhere_is_shown_with_its_title():
    found = blend.cross_reading(
        table(note(theme="coordination")), "ols", titles={"coordination": "Coordination"}
    )
    assert (found["theme"] == "coordination").sum() == 10
    assert found.loc[found["theme"] == "coordination", "titre"].eq("Coordination").all()


def test_the_agenda_opens_with_what_divides_and_ends_with_what_nobody_saw():
    divided = [
        note(theme="vieillesse"),
        note(theme="vieillesse", direction="moins"),
        note(theme="acces", strength=2),
        note(theme="menage", direction="comme"),
        note(theme="coordination"),
    ]
    found = blend.cross_reading(table(*divided), "ols", today=TODAY).loc["06"]
    order = blend.agenda(found)["theme"].tolist()
    assert order[:3] == ["vieillesse", "acces", "coordination"]
    assert order[-1] == "menage"


def test_the_german_speaking_communes_have_no_figure():
    apart = territory.outside().index
    found = blend.cross_reading(blend.no_notes(), "commune")
    assert (found.loc[apart, "etat"] == blend.NO_FIGURE).all()
    assert found["chiffre"].notna().groupby("zone").any().sum() == 252
