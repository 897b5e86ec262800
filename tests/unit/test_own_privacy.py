"""Small counts stay hidden: an attacker who has every published sum recovers none of them."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from olsdata import catalogue, figures, local, tables, territory
from olsdata.local import zones
from olsdata.local.indicators import Kept
from olsdata.notes.actors import LOCAL
from olsdata.own import indicator, privacy
from olsdata.own.indicator import RATIO, SUM, Form

ZONINGS = (
    "wallonie",
    "ols",
    "bassins",
    "communes",
    "provinces",
    "arrondissements",
    "clps",
    "secours",
    "cantons",
)
FORM = Form("Essai", "CPAS", "2025", "personnes", "haut", SUM, "n", decimals=0)
MANY = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a failing file says enough; shrinking it is slow
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def published(id_: str) -> list[tuple[pd.Series, float]]:
    """Everything that is shown: the share of each commune in a zone, and the zone's value."""
    found = []
    for name in ZONINGS:
        zoning = territory.zoning(name)
        values = figures.by_zone(id_, zoning)["valeur"].dropna()
        found += [(zoning.people.loc[zone], float(value)) for zone, value in values.items()]
    return found


def would_publish(kept: Kept) -> list[tuple[pd.Series, float]]:
    """The same, of a file that is not kept."""
    rule = catalogue.parse(dict(kept.about), "essai").rule
    assert rule is not None
    facts, columns = tables.load(), figures.commune_columns()
    found = []
    for name in ZONINGS:
        zoning = territory.zoning(name)
        values, _ = zones.values(kept, rule, zoning, columns, facts)
        values = values.mask(zoning.coverage < territory.WHOLE).dropna()
        found += [(zoning.people.loc[zone], float(value)) for zone, value in values.items()]
    return found


def file(counts: dict[str, float]) -> bytes:
    return "\n".join(["refnis;n", *(f"{code};{int(n)}" for code, n in counts.items())]).encode()


def attack(equations: list[tuple[pd.Series, float]], codes: list[str]) -> dict[str, float]:
    """How wide the attacker's knowledge of each place stays: largest − smallest possible count."""
    weights = np.array([shares[codes].to_numpy(float) for shares, _ in equations])
    values = np.array([value for _, value in equations])
    if not equations:
        return dict.fromkeys(codes, np.inf)
    room = {}
    for place, code in enumerate(codes):
        goal = np.zeros(len(codes))
        goal[place] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=weights, b_eq=values, bounds=(0, None))
            ends.append(-np.inf if found.status == 3 else found.fun)
        room[code] = -ends[1] - ends[0]
    return room


def kept(counts: dict[str, float], form: Form = FORM) -> str:
    return indicator.add(LOCAL, indicator.prepared(file(counts), "n.csv", form))


def only_in(ols: str) -> list[str]:
    shares = territory.zoning("ols").people.loc[ols]
    return list(shares.index[shares > 0])


@MANY
@given(st.data())
def test_no_small_count_can_be_recovered_from_all_levels_and_their_differences(data):
    codes = only_in(data.draw(st.sampled_from(["01", "05", "06", "08", "10"])))
    sizes = data.draw(st.sampled_from([st.integers(0, 6), st.integers(0, 60), st.just(0)]))
    counts = {code: data.draw(sizes) for code in codes}
    counts[codes[0]] = 30
    ready = indicator.prepared(file(counts), "n.csv", FORM)
    shown = [(s, v) for s, v in would_publish(ready.kept) if s[codes].sum() > 0]
    small = [code for code, n in counts.items() if n < privacy.THRESHOLD]
    alone = {s.idxmax() for s, _ in shown if np.isclose(s.sum(), 1)}
    assert not alone & set(small)
    room = attack(shown, codes)
    assert min((room[code] for code in small), default=99) >= privacy.LEAST_SUM - 1e-6, counts


def test_what_is_shown_of_a_file_that_is_kept_is_what_was_attacked():
    codes = only_in("01")
    counts = {code: 3 if i % 4 == 0 else 25 for i, code in enumerate(codes)}
    ready = indicator.prepared(file(counts), "n.csv", FORM)
    before = would_publish(ready.kept)
    after = published(indicator.add(LOCAL, ready))
    assert len(before) == len(after) > 20
    assert [v for _, v in before] == pytest.approx([v for _, v in after])


def test_the_attack_finds_what_a_naive_suppression_leaves():
    """Were only the small place hidden, the total of its OLS would give it back."""
    codes = only_in("01")
    counts = dict.fromkeys(codes, 30.0) | {codes[0]: 3.0}
    zoning = territory.zoning("communes")
    naive = [(zoning.people.loc[c], counts[c]) for c in codes[1:]]
    naive.append((territory.zoning("ols").people.loc["01"], sum(counts.values())))
    assert attack(naive, codes)[codes[0]] == pytest.approx(0)


def test_a_bassin_with_one_small_commune_keeps_its_total_and_hides_a_companion():
    zoning = territory.zoning("bassins")
    whole = zoning.people[(zoning.people > 0).sum(axis=1) > 2]
    sizes = ((whole == 1) | (whole == 0)).all(axis=1)
    bassin = sizes[sizes].index[0]
    codes = list(whole.columns[whole.loc[bassin] == 1])
    id_ = kept({code: 3 if code == codes[0] else 50 for code in codes})
    shown = figures.by_zone(id_, territory.zoning("communes")).loc[codes]
    assert (shown["agregation"] == figures.MASKED).sum() == 2
    assert shown.loc[codes[0], "agregation"] == figures.MASKED
    total = figures.by_zone(id_, zoning).loc[bassin]
    assert (total["valeur"], total["agregation"]) == (3 + 50 * (len(codes) - 1), "somme")


def test_a_group_whose_sum_would_give_its_counts_takes_another_place():
    """Two places under five that sum to eight are four and four: the sum alone would say so."""
    counts = pd.DataFrame({"n": [4.0, 4.0, 40.0]}, index=list("abc"))
    homes = pd.DataFrame({"bassin": ["x", "x", "x"]}, index=list("abc"))
    assert privacy.hidden_groups(counts, homes).to_dict() == {"a": 1, "b": 1, "c": 1}


def test_a_place_cut_between_zones_is_nobody_s_companion():
    """It would take with it the zones of both sides, for nothing."""
    counts = pd.DataFrame({"n": [3.0, 40.0, 41.0, 42.0]}, index=list("abcd"))
    homes = pd.DataFrame({"bassin": ["x"] * 4}, index=list("abcd"))
    hidden = privacy.hidden_groups(counts, homes, cut=pd.Index(["b", "c"]))
    assert hidden.to_dict() == {"a": 1, "d": 1}


def test_nothing_of_a_hidden_count_is_written_to_disk():
    codes = only_in("01")
    id_ = kept({code: 4 if i < 3 else 17 for i, code in enumerate(codes)})
    stem = local.state().indicateurs[id_]
    table = (local.folder() / "indicateurs" / f"{stem}.csv").read_text("utf-8")
    card = (local.folder() / "indicateurs" / f"{stem}.toml").read_text("utf-8")
    assert not any(line.split(",")[1] == "4.0" for line in table.splitlines()[1:])
    sums = tables.load().locales[id_].sums["valeur"]
    assert (sums >= privacy.LEAST_SUM).all()
    assert " 4.0" not in card


def test_a_zoning_drawn_later_does_not_give_a_count_back():
    """A redraw cuts a group: the zone is hidden, and what is left still says nothing."""
    codes = only_in("10")
    id_ = kept({code: 2 if i % 7 == 0 else 40 for i, code in enumerate(codes)})
    groups = tables.load().locales[id_].groups
    first = groups.index[groups == groups.iloc[0]]
    rows = tables.shipped().decoupages["ols"][0].copy()
    labels = rows.set_index("zone")["label"].to_dict()
    rows.loc[rows["refnis"] == first[0], ["zone", "label"]] = ["09", labels["09"]]
    meta = {"label": "E", "statut": "atelier", "source": "atelier", "date": "2026-11-20"}
    local.adopt("ols", rows, meta)
    shown = figures.by_zone(id_, territory.zoning("ols")).loc["10"]
    assert np.isnan(shown["valeur"])
    assert shown["agregation"] == figures.MASKED
    inside = [(s, v) for s, v in published(id_) if s[codes].sum() > 0]
    room = attack(inside, codes)
    small = [code for i, code in enumerate(codes) if i % 7 == 0]
    assert min(room[code] for code in small) >= privacy.LEAST_SUM - 1e-6


def test_a_share_hides_the_few_who_have_it_and_the_few_who_do_not():
    codes = only_in("01")
    rows = [f"{code};{20};{100}" for code in codes]
    rows[0], rows[1] = f"{codes[0]};2;100", f"{codes[1]};98;100"
    form = Form("Part", "CPAS", "2025", "%", "haut", RATIO, "n", below="d")
    ready = indicator.prepared("\n".join(["refnis;n;d", *rows]).encode(), "n.csv", form)
    assert {codes[0], codes[1]} <= set(ready.kept.groups.index)
    id_ = indicator.add(LOCAL, ready)
    whole = figures.by_zone(id_, territory.zoning("ols")).at["01", "valeur"]
    expected = 100 * (20 * (len(codes) - 2) + 100) / (100 * len(codes))
    assert whole == pytest.approx(expected)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=14), st.integers(0, 2**20))
def test_groups_close_or_say_that_they_cannot(counts, seed):
    rng = np.random.default_rng(seed)
    index = [f"p{i:02}" for i in range(len(counts))]
    homes = pd.DataFrame({"b": rng.integers(0, 4, len(counts)).astype(str)}, index=index)
    homes["o"] = homes["b"].map({"0": "x", "1": "x", "2": "y", "3": "y"})
    frame = pd.DataFrame({"n": np.array(counts, float)}, index=index)
    groups = privacy.hidden_groups(frame, homes)
    small = frame.index[frame["n"] < privacy.THRESHOLD]
    assert set(small) <= set(groups.index)
    for number in set(groups) - {0}:
        members = groups.index[groups == number]
        assert len(members) > 1
        assert frame.loc[members, "n"].sum() >= privacy.LEAST_SUM
    if frame["n"].sum() >= privacy.LEAST_SUM and len(frame) > 1:
        left = frame["n"].drop(groups.index[groups > 0])
        assert (groups > 0).all() or left.sum() < privacy.LEAST_SUM or len(left) < 2


def test_knowing_the_method_does_not_tell_a_companion_from_a_small_one():
    """Companions are drawn by lot: over many files, each place of the bassin is taken."""
    index = list("abcdef")
    homes = pd.DataFrame({"b": "x"}, index=index)
    drawn = set()
    for size in range(20, 60):
        frame = pd.DataFrame({"n": [3.0, *([float(size)] * 5)]}, index=index)
        drawn |= set(privacy.hidden_groups(frame, homes).index)
    assert drawn == set(index)


def test_sums_by_zone_agree_with_a_naive_count():
    values = pd.Series([np.nan, 12.0, np.nan, 30.0], index=list("abcd"))
    groups = pd.Series({"a": 1, "c": 1})
    shares = pd.DataFrame(
        [[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0.5]], index=["u", "v", "w"], columns=list("abcd")
    )
    found, hidden = privacy.zone_sums(shares, values, groups, pd.Series({1: 11.0}))
    assert found["u"] == 23
    assert np.isnan(found["v"])
    assert found["w"] == 15
    assert hidden.to_dict() == {"u": False, "v": True, "w": False}


def test_every_subset_of_published_sums_is_a_sum_of_visible_places_and_whole_groups():
    codes = only_in("06")
    id_ = kept({code: 1 if i % 5 == 0 else 60 for i, code in enumerate(codes)})
    groups = tables.load().locales[id_].groups
    for shares, _ in published(id_):
        for number in set(groups):
            inside = shares[groups.index[groups == number]]
            assert np.isclose(inside, 1).all() or np.isclose(inside, 0).all()
    assert len(list(itertools.islice(published(id_), 3))) == 3
