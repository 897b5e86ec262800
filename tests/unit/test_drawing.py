"""Drawing bassins: redraws lose nothing, undo is exact, files come back as they left."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from olsdata import figures, geometry, grid, local, phrases, standing, store, territory
from olsdata.drawing import adoption, book, commands, compare, facts, files, plan, starts, units
from olsdata.exports.tables import to_french_csv
from olsdata.local import zonings
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.registry import checks
from olsdata.tables import DataError
from tests.unit.conftest import GEODATA

OLS = [f"{number:02}" for number in range(1, 11)]


def naive_people(ols: str) -> dict[str, int]:
    """Section → inhabitants of its sectors, from the files, without our code."""
    whole, parts = {}, {}
    with (GEODATA / "decoupages" / "ols.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["section"]:
                parts[row["section"]] = row["zone"]
            else:
                whole[row["refnis"]] = row["zone"]
    people: dict[str, int] = defaultdict(int)
    with (GEODATA / "secteurs.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if parts.get(row["section"], whole.get(row["refnis"])) == ols:
                people[row["section"]] += int(row["population_2024"])
    return dict(people)


PEOPLE = {ols: naive_people(ols) for ols in ("05", "06", "09")}


def people_of(drawn: plan.Plan) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for section, bassin in drawn.held:
        found[bassin] += PEOPLE[drawn.ols][section]
    return dict(found)


# --- Units and plans ------------------------------------------------------------------------------


@pytest.mark.parametrize("ols", ["05", "06", "09"])
def test_units_share_out_every_sector_of_the_ols(ols):
    for opened in ((), [unit.refnis for unit in units.units(ols)][:3]):
        found = units.units(ols, opened)
        sections = [section for unit in found for section in unit.sections]
        assert sorted(sections) == sorted(PEOPLE[ols])
        assert sum(unit.population for unit in found) == sum(PEOPLE[ols].values())


def test_large_and_cut_communes_are_always_open():
    ids = {unit.id for unit in units.units("05")}
    assert "92094D" in ids
    assert "92094" not in ids
    assert {unit.refnis for unit in units.units("03") if len(unit.id) == 6} >= {"52011"}


def test_an_unknown_ols_is_refused():
    with pytest.raises(DataError, match="OLS inconnue"):
        units.sections_of("11")


steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "out", "create", "rename", "delete"]),
        st.lists(st.integers(0, 400), min_size=1, max_size=30, unique=True),
        st.integers(0, 40),
    ),
    max_size=12,
)


def act(drawn: plan.Plan, step: tuple[str, list[int], int]) -> plan.Plan:
    """One redraw; a refusal leaves the plan as it is."""
    kind, chosen, number = step
    every = sorted(PEOPLE[drawn.ols])
    sections = sorted({every[i % len(every)] for i in chosen})
    bassins = list(drawn.names)
    bassin = bassins[number % len(bassins)] if bassins else "05-rien"
    try:
        if kind == "put":
            return plan.put(drawn, sections, bassin)
        if kind == "out":
            return plan.put(drawn, sections, plan.NOWHERE)
        if kind == "create":
            return plan.create(drawn, sections)[0]
        if kind == "rename":
            return plan.rename(drawn, bassin, f"Bassin {number}")
        return plan.delete(drawn, bassin)
    except DataError:
        return drawn


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["05", "06", "09"]), st.sampled_from(["grille", "communes", "vide"]), steps)
def test_redraws_conserve_populations_lose_no_section_and_stay_in_the_ols(ols, start, done):
    drawn = starts.start(start, ols)
    for step in done:
        drawn = act(drawn, step)
        assert set(drawn.of) | set(drawn.nowhere) == set(PEOPLE[ols])
        assert not set(drawn.of) & set(drawn.nowhere)
        assert set(drawn.of.values()) == set(drawn.names)
        assert len({name.casefold() for name in drawn.names.values()}) == len(drawn.names)
    table = facts.of(drawn)
    assert table["population"].to_dict() == people_of(drawn)
    outside = int(facts.nowhere(drawn)["population"].sum())
    assert int(table["population"].sum()) + outside == sum(PEOPLE[ols].values())
    zoning = facts.zoning(drawn)
    held = territory.zoning("ols").sectors
    assert set(held.reindex(zoning.sectors.index)) <= {ols}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps, st.data())
def test_undo_and_redo_are_exact(tmp_path, done, data):
    with store.opened(tmp_path / "essai.sqlite"):
        name = f"Essai {len(book.drawings(LOCAL))}"
        kept = book.start(LOCAL, starts.start("grille", "09"), name, "grille")
        trail = [kept.plan]
        for step in done:
            new = act(kept.plan, step)
            if new != kept.plan:
                kept = book.change(LOCAL, kept.id, new, step[0], kept.revision)
                trail.append(new)
        place = len(trail) - 1
        for back in data.draw(st.lists(st.booleans(), max_size=20)):
            if back and place:
                kept, place = book.undo(LOCAL, kept.id, kept.revision), place - 1
            elif not back and place < len(trail) - 1:
                kept, place = book.redo(LOCAL, kept.id, kept.revision), place + 1
            assert kept.plan == trail[place]
            assert (kept.undoable, kept.redoable) == (place, len(trail) - 1 - place)
        assert book.get(LOCAL, kept.id).plan == trail[place]


def test_a_new_bassin_is_named_after_its_most_populous_part():
    drawn, bassin = plan.create(plan.Plan("05"), ["92094D", "92045A"])
    assert drawn.names[bassin] == "Malonne"
    assert bassin == "05-92094D"
    every = next(unit for unit in units.units("05") if unit.name == "Gembloux")
    drawn, bassin = plan.create(drawn, every.sections)
    assert (bassin, drawn.names[bassin]) == ("05-92142", "Gembloux")


def test_a_bassin_left_empty_disappears_and_its_name_is_free_again():
    drawn, first = plan.create(plan.Plan("05"), ["92094D"], "Ici")
    drawn, second = plan.create(drawn, ["92094D"], "Ici")
    assert drawn.names == {second: "Ici"}
    assert first == second


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda p: plan.put(p, [], "05-92142"), "Choisissez d’abord"),
        (lambda p: plan.put(p, ["92094D"], "05-xxxxx"), "Bassin inconnu"),
        (lambda p: plan.put(p, ["92094A"], "05-92142"), "hors de l’OLS 05"),
        (lambda p: plan.put(p, p.by_bassin["05-92142"], "05-92142"), "déjà dans « Gembloux »"),
        (lambda p: plan.create(p, ["92094D"], "gemblOUX"), "s’appelle déjà"),
        (lambda p: plan.rename(p, "05-92142", " "), "manquant"),
        (lambda p: plan.rename(p, "05-92142", "x" * 81), "80 au plus"),
        (lambda p: plan.rename(p, "05-92142", "Mettet"), "s’appelle déjà"),
        (lambda p: plan.rename(p, "05-92142", "<b>Ici</b>"), "le signe « < »"),
        (lambda p: plan.create(p, ["92094D"], "www.ici.be"), "le signe « www. »"),
        (lambda p: plan.delete(p, "05-rien"), "Bassin inconnu"),
    ],
)
def test_a_redraw_that_makes_no_sense_is_refused_in_french(action, said):
    with pytest.raises(DataError, match=said):
        action(starts.start("grille", "05"))


# --- Facts ----------------------------------------------------------------------------------------


def test_facts_agree_with_the_zoning_in_force():
    table = facts.of(starts.start("vigueur", "05"))
    bassins = territory.zoning("bassins")
    assert list(table.index) == bassins.inside(territory.find("05"))
    assert table["couverture"].to_dict() == bassins.coverage[table.index].to_dict()
    assert (table["km2"] * table["densite"]).round(6).tolist() == table["population"].tolist()


def test_a_part_of_a_commune_borrows_the_value_of_the_whole_commune():
    drawn, bassin = plan.create(plan.Plan("05"), ["92094D"])
    row = facts.of(drawn).loc[bassin]
    namur = figures.by_zone("pct_65p_2021", territory.zoning("communes")).at["92094", "valeur"]
    assert row["commune_entiere"]
    assert row["pct_65p_2021"] == pytest.approx(namur)


def test_a_bassin_in_two_pieces_is_said_so():
    gembloux, couvin = (
        next(unit for unit in units.units("05") if unit.name == name)
        for name in ("Gembloux", "Couvin")
    )
    drawn, bassin = plan.create(plan.Plan("05"), [*gembloux.sections, *couvin.sections])
    assert facts.pieces(drawn, bassin) == 2
    assert facts.of(drawn).at[bassin, "largeur_km"] > 50


def test_neighbours_are_those_of_a_naive_walk_over_the_sections():
    drawn = starts.start("grille", "06")
    found: dict[str, set[str]] = {bassin: set() for bassin in drawn.names}
    for row in geometry.contiguity().itertuples():
        a, b = drawn.of.get(row.section_a), drawn.of.get(row.section_b)
        if a and b and a != b:
            found[a].add(b)
            found[b].add(a)
    assert facts.neighbours(drawn) == found


# --- Starts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ols", OLS)
@pytest.mark.parametrize("kind", [k for k in starts.STARTS if k not in ("proposer", "vide")])
def test_every_start_holds_the_whole_ols(kind, ols):
    drawn = starts.start(kind, ols)
    assert drawn.nowhere == []
    assert all(bassin.startswith(f"{ols}-") for bassin in drawn.names)


def test_a_start_from_communes_has_one_bassin_per_commune():
    drawn = starts.start("communes", "09")
    assert drawn.shared_communes == frozenset()
    assert len(drawn.names) == units.sections_of("09")["refnis"].nunique()


def test_a_proposal_is_the_same_twice_and_keeps_its_minimum(monkeypatch):
    monkeypatch.setattr(starts, "LIMIT_S", 300.0)  # a loaded machine says nothing of the answer
    first = starts.propose("09", 20_000)
    starts.propose.cache_clear()
    assert starts.propose("09", 20_000) == first
    assert first.nowhere == []
    assert min(people_of(first).values()) >= 20_000
    assert facts.of(first)["morceaux"].max() == 1


def test_a_minimum_that_cannot_be_is_refused_before_any_search(monkeypatch):
    monkeypatch.setattr(grid, "solve", lambda *_, **__: pytest.fail("searched"))
    with pytest.raises(DataError, match="Minimum"):
        starts.propose("09", 1)


def test_a_search_that_hangs_is_ended_with_a_french_message(monkeypatch):
    monkeypatch.setattr(starts, "LIMIT_S", 0.01)
    with pytest.raises(DataError, match="Aucune proposition n’a été trouvée"):
        starts.propose("09", 21_000)


# --- The book -------------------------------------------------------------------------------------


@pytest.fixture
def kept():
    return book.start(LOCAL, starts.start("grille", "05"), "Idée 1", "la grille calculée")


def test_the_history_says_who_what_why_and_when(kept):
    moved = plan.put(kept.plan, ["92094D"], "05-92142")
    after = book.change(LOCAL, kept.id, moved, "Malonne → Gembloux", 1, "commune", "le bus 27")
    book.comment(LOCAL, kept.id, "À revoir <b>ici</b>", "autre")
    comment, change, start = book.history(LOCAL, kept.id)
    assert (change.action, change.role, change.what, change.why) == (
        "dessin",
        "commune",
        "Malonne → Gembloux",
        "le bus 27",
    )
    assert (comment.action, comment.what) == ("commentaire", "À revoir <b>ici</b>")
    assert start.action == "départ"
    assert start.at < change.at < comment.at
    assert after.plan == moved


def test_a_redraw_after_an_undo_ends_what_could_be_done_again(kept):
    one = plan.put(kept.plan, ["92094D"], "05-92142")
    kept = book.change(LOCAL, kept.id, one, "a", kept.revision)
    kept = book.undo(LOCAL, kept.id, kept.revision)
    other = plan.delete(kept.plan, "05-92142")
    kept = book.change(LOCAL, kept.id, other, "b", kept.revision)
    assert kept.redoable == 0
    with pytest.raises(DataError, match="Rien à rétablir"):
        book.redo(LOCAL, kept.id, kept.revision)
    assert book.undo(LOCAL, kept.id, kept.revision).plan == starts.start("grille", "05")


def test_nobody_overwrites_what_he_has_not_seen(kept):
    book.change(LOCAL, kept.id, plan.delete(kept.plan, "05-92142"), "a", kept.revision)
    with pytest.raises(DataError, match="modifiée entre-temps"):
        book.change(LOCAL, kept.id, plan.delete(kept.plan, "05-92087"), "b", kept.revision)
    assert "05-92087" in book.get(LOCAL, kept.id).plan.names


def test_proposals_live_side_by_side_under_names_of_their_own(kept):
    with pytest.raises(DataError, match="s’appelle déjà"):
        book.start(LOCAL, kept.plan, "IDÉE 1", "copie")
    other = book.start(LOCAL, kept.plan, "Idée 2", "copie de « Idée 1 »")
    book.start(LOCAL, starts.start("grille", "06"), "Idée 1", "grille")
    assert [d.name for d in book.drawings(LOCAL, "05")] == ["Idée 1", "Idée 2"]
    book.withdraw(LOCAL, other.id)
    assert [d.name for d in book.drawings(LOCAL, "05")] == ["Idée 1"]
    with pytest.raises(DataError, match="est retirée"):
        book.undo(LOCAL, other.id, other.revision)


def test_a_validated_proposal_can_only_be_copied(kept):
    done = book.validate(LOCAL, kept.id, kept.revision, "Adoptée", "facilitateur", "")
    with pytest.raises(DataError, match="dupliquez-la"):
        book.change(LOCAL, kept.id, plan.delete(kept.plan, "05-92142"), "a", done.revision)


FACILITATOR = Actor("facilitateur", "05")


@pytest.mark.parametrize(
    "actor",
    [
        Actor("facilitateur", "06"),
        Actor("facilitateur"),
        Actor("participant", "05"),
        Actor("lecteur", "05"),
        Actor("iwpl"),
        Actor("inconnu", "05"),
    ],
)
def test_only_a_facilitator_draws_and_only_in_its_ols(kept, actor):
    moved = plan.delete(kept.plan, "05-92142")
    for role in checks.ROLES:
        for attempt in drawn(actor, kept, moved, role):
            with pytest.raises(DeniedError):
                attempt()
    assert book.get(LOCAL, kept.id) == kept
    mine = book.change(FACILITATOR, kept.id, moved, "a", kept.revision)
    assert mine.plan == moved


def drawn(actor, kept, moved, role):
    """Everything that is written of a proposal, comments aside, under a role."""
    return (
        lambda: book.start(actor, kept.plan, "Autre", "grille", role),
        lambda: book.change(actor, kept.id, moved, "a", kept.revision, role),
        lambda: book.undo(actor, kept.id, kept.revision, role),
        lambda: book.redo(actor, kept.id, kept.revision, role),
        lambda: book.rename(actor, kept.id, "Autre", kept.revision, role),
        lambda: book.withdraw(actor, kept.id, role),
        lambda: book.validate(actor, kept.id, kept.revision, "x", role, ""),
        lambda: adoption.adopt(actor, kept.id, kept.revision, "Moi", "2025", role),
    )


@pytest.mark.parametrize(
    ("actor", "role"),
    [
        (FACILITATOR, "iwpl"),
        (Actor("participant", "05"), "facilitateur"),
        (Actor("participant", "05"), "iwpl"),
    ],
)
def test_nobody_signs_a_drawing_with_a_role_that_is_not_his(kept, actor, role):
    moved = plan.delete(kept.plan, "05-92142")
    before = book.history(LOCAL, kept.id)
    for attempt in drawn(actor, kept, moved, role):
        with pytest.raises(DeniedError):
            attempt()
    with pytest.raises(DeniedError, match="en tant que"):
        book.comment(actor, kept.id, "Vu sur place", role)
    assert book.get(LOCAL, kept.id) == kept
    assert book.history(LOCAL, kept.id) == before
    book.comment(Actor("participant", "05"), kept.id, "Vu sur place", "professionnel")
    assert book.history(LOCAL, kept.id)[0].role == "professionnel"


def test_proposals_are_read_in_their_ols_and_by_the_iwpl(kept):
    for actor in (FACILITATOR, Actor("lecteur", "05"), Actor("participant", "05"), Actor("iwpl")):
        assert [d.id for d in book.drawings(actor, "05")] == [kept.id]
    for actor in (Actor("lecteur", "06"), Actor("lecteur"), Actor("inconnu", "05")):
        assert book.drawings(actor, "05") == []
        with pytest.raises(DeniedError):
            book.get(actor, kept.id)
        with pytest.raises(DeniedError):
            book.history(actor, kept.id)


# --- Comparison -----------------------------------------------------------------------------------


def test_a_plan_compared_with_itself_moves_nobody():
    drawn = starts.start("grille", "05")
    found = compare.compare(drawn, drawn)
    assert (found.people, found.moved) == (0, [])
    assert found.partner == {bassin: bassin for bassin in drawn.names}
    table = compare.indicator(found, "pct_65p_2021")
    assert (table["difference"] == 0).all()


def test_what_moves_is_counted_by_hand():
    drawn = starts.start("grille", "05")
    moved = plan.put(drawn, ["92094D"], "05-92142")
    found = compare.compare(drawn, moved)
    assert found.moved == ["92094D"]
    assert found.people == PEOPLE["05"]["92094D"]
    (line,) = found.moves.to_dict("records")
    assert (line["de"], line["vers"]) == ("Fosses-la-Ville", "Gembloux")
    assert line["lieux"] == ["Malonne (Namur)"]


@settings(max_examples=25, deadline=None)
@given(steps, steps)
def test_a_comparison_moves_as_many_people_both_ways(one, other):
    first = second = starts.start("grille", "09")
    for step in one:
        first = act(first, step)
    for step in other:
        second = act(second, step)
    there, back = compare.compare(first, second), compare.compare(second, first)
    assert 0 <= there.people <= there.total == sum(PEOPLE["09"].values())
    stays = there.total - there.people
    assert stays == back.total - back.people


def test_renaming_every_bassin_moves_nobody():
    drawn = starts.start("grille", "06")
    ids = {bassin: f"06-autre{i}" for i, bassin in enumerate(drawn.names)}
    other = plan.make(
        "06", {ids[b]: f"N {n}" for b, n in drawn.bassins}, {s: ids[b] for s, b in drawn.held}
    )
    assert compare.compare(drawn, other).people == 0


def test_two_ols_are_not_compared():
    with pytest.raises(DataError, match="même OLS"):
        compare.compare(plan.Plan("05"), plan.Plan("06"))


# --- Files ----------------------------------------------------------------------------------------


def as_csv(drawn: plan.Plan) -> bytes:
    return to_french_csv(files.export_frame(drawn))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["05", "06"]), steps)
def test_csv_and_geojson_come_back_as_they_left(ols, done):
    drawn = starts.start("grille", ols)
    for step in done:
        drawn = act(drawn, step)
    for raw in (as_csv(drawn), files.export_geojson(drawn, "atelier")):
        if drawn.names:
            report = files.read_file(raw, ols)
            assert report.faults == []
            assert report.plan == drawn


def test_the_people_of_an_export_are_those_of_the_sectors():
    drawn = starts.start("grille", "06")
    table = files.export_frame(drawn)
    assert table.groupby(level=0)["habitants_2024"].sum().to_dict() == people_of(drawn)


def test_a_geojson_without_our_sections_is_read_by_its_shapes():
    drawn = starts.start("grille", "05")
    content = json.loads(files.export_geojson(drawn, "atelier"))
    for feature in content["features"]:
        feature["properties"] = {"nom": feature["properties"]["nom"]}
    report = files.read_file(json.dumps(content).encode(), "05")
    assert report.faults == []
    assert report.plan is not None
    assert sorted(report.plan.names.values()) == sorted(drawn.names.values())
    moved = compare.compare(drawn, report.plan)
    assert moved.people == 0
    assert "points de leurs secteurs" in report.notices[0]


def test_french_names_in_any_spelling_are_understood():
    raw = "bassin;commune;section\nHaute-Sambre;SAMBREVILLE;\nHaute-Sambre;namur;malonne\n"
    report = files.read_file(raw.encode("cp1252"), "05")
    assert report.faults == []
    assert report.plan is not None
    assert list(report.plan.names.values()) == ["Haute-Sambre"]
    assert "92094D" in report.plan.of
    assert "sections de l’OLS 05 dans aucun bassin" in report.notices[-1].replace("\u202f", " ")


def test_former_communes_postal_codes_and_lists_in_a_cell_are_understood():
    raw = "Bassin de vie;Code postal;Commune\nMeuse;5170;\nSambre;;Jambes, Malonne\n"
    report = files.read_file(raw.encode(), "06")
    assert report.faults == []
    assert report.plan is not None
    names = {report.plan.names[b]: set(s) for b, s in report.plan.by_bassin.items()}
    assert {s[:5] for s in names["Meuse"]} == {"92101"}
    assert len(names["Sambre"]) == 1
    assert any("Malonne" in notice and "d’autres OLS" in notice for notice in report.notices)


def test_rows_of_other_ols_are_left_aside_and_said():
    raw = (GEODATA / "decoupages" / "bassins.csv").read_bytes()
    report = files.read_file(raw, "05")
    assert report.plan == starts.start("grille", "05")
    assert "d’autres OLS" in report.notices[0]


SQUARE = {"type": "Polygon", "coordinates": [[[4, 50], [5, 50], [5, 51], [4, 50]]]}


def feature(**properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": SQUARE}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "vide"),
        (b"PK\x03\x04rien", "classeur"),
        (b"a,b\n1,2\n", "il manque une colonne « zone »"),
        (b"refnis\n92094\n", "il manque une colonne « zone »"),
        (b"label\nIci\n", "« refnis », « commune »"),
        (b"label,refnis\nIci,99999\n", "Ligne 2 : « 99999 » n’est pas reconnu"),
        (b"label,refnis\nIci,92137\nAutre,92137\n", "Sambreville est dans Autre et Ici"),
        (b"label,refnis,section\nIci,92094,Nulle\n", "« Nulle » de Namur » n’est pas reconnu"),
        (b"zone,label,refnis\na,Ici,92137\na,Autre,92142\n", "porte deux noms"),
        (b"zone,label,refnis\na,Ici,92137\nb,ICI,92142\n", "deux bassins s’appellent"),
        (b"label,refnis\nIci,62063\n", "Aucune ligne"),
        (b"label,refnis\n,92137\n", "il manque la zone"),
        (b"label,refnis\n[Ici](http://x.be),92137\n", "le signe"),
        (b"{", "mal formé"),
        (b"[" * 100_000, "mal formé"),
        (b'{"type": "Feature"}', "liste de bassins"),
        (collection("rien"), "géométrie est illisible"),
        (collection({"geometry": {"type": "Point", "coordinates": [4, 50]}}), "une surface"),
        (collection({"geometry": {"type": "Polygon", "coordinates": "x"}}), "illisible"),
        (
            collection(
                {
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[600000, 600000], [600001, 600000], [600000, 600001]]],
                    }
                }
            ),
            "illisible|degrés",
        ),
        (collection(feature(nom="A", sections=["00000X"])), "section inconnue"),
        (collection(feature(nom="A", sections=["92094D", "92094D"])), "figure deux fois"),
        (collection(feature(nom="A", sections=["62063A"])), "Aucun bassin"),
        (collection(feature(nom="A", id="1"), feature(nom="B", id="1")), "deux fois"),
    ],
)
def test_a_bad_file_is_reported_in_french_and_gives_no_plan(raw, said):
    report = files.read_file(raw, "05")
    assert report.plan is None
    assert report.faults
    assert re.search(said, " ".join(report.faults)), report.faults


# --- Adoption -------------------------------------------------------------------------------------


def adopted(kept: book.Drawing, **given: str):
    texts = {"source": "Assemblée de l’OLS", "date": "5/11/2026", "role": "facilitateur"} | given
    return adoption.adopt(LOCAL, kept.id, kept.revision, **texts)


def test_an_adopted_proposal_is_what_the_dashboard_reads_and_other_ols_keep_theirs(kept):
    before = territory.zoning("bassins")
    others = before.zones[before.zones["ols"] != "05"]
    moved, bassin = plan.create(kept.plan, ["92094D"], "Malonne & Wépion")
    kept = book.change(LOCAL, kept.id, moved, "a", kept.revision)
    version = adopted(kept)
    now = territory.zoning("bassins")
    assert now.zone(bassin).label == "Malonne & Wépion"
    assert now.zones[now.zones["ols"] != "05"].equals(others)
    assert set(now.sectors.index) == set(before.sectors.index)
    value = figures.population(2024, now)["valeur"]
    assert round(value[bassin]) == pytest.approx(PEOPLE["05"]["92094D"], rel=0.01)
    assert version.about["statut"] == "provisoire"
    assert adoption.validated(version) == ["05"]
    assert adoption.in_force(book.get(LOCAL, kept.id))
    assert book.get(LOCAL, kept.id).status == "valide"
    local.back("bassin")
    assert territory.zoning("bassins").zones.equals(before.zones)
    assert not adoption.in_force(book.get(LOCAL, kept.id))


def test_two_ols_adopt_one_after_the_other(kept):
    other = book.start(LOCAL, starts.start("communes", "09"), "Communes", "communes")
    adopted(kept)
    version = adopted(other, source="Conseil")
    assert adoption.validated(version) == ["05", "09"]
    assert "Assemblée de l’OLS" in version.about["source"]
    assert "Conseil" in version.about["source"]
    assert "ailleurs" in version.about["source"]
    again = adopted(book.get(LOCAL, kept.id), source="Seconde assemblée")
    assert again.about["source"].count("05 Namur-Ouest") == 1


def test_an_incomplete_proposal_is_not_adopted_and_nothing_changes(kept):
    kept = book.change(
        LOCAL, kept.id, plan.put(kept.plan, ["92094D"], plan.NOWHERE), "a", kept.revision
    )
    with pytest.raises(DataError, match="Malonne"):
        adopted(kept)
    assert local.in_force("bassin").id == ""
    assert book.get(LOCAL, kept.id).status == "atelier"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"source": " "}, "Source de la décision : manquant"),
        ({"date": ""}, "Date de la décision : manquante"),
        ({"date": "2999"}, "avenir"),
        ({"role": "chef"}, "Rôle inconnu"),
    ],
)
def test_an_adoption_says_who_decided_and_when(kept, given, said):
    with pytest.raises(DataError, match=said):
        adopted(kept, **given)
    assert local.in_force("bassin").id == ""


@pytest.mark.parametrize("actor", [Actor("facilitateur", "06"), Actor("participant", "05")])
def test_only_the_ols_adopts(kept, actor):
    with pytest.raises(DeniedError):
        adoption.adopt(actor, kept.id, kept.revision, "Moi", "2025", "facilitateur")
    assert local.in_force("bassin").id == ""


def test_an_ols_undoes_its_own_adoption_and_not_that_of_another(kept):
    adopted(kept)
    mine = local.in_force("bassin").id
    made = starts.start("communes", "06")
    other = book.start(LOCAL, made, "Dinant autrement", "communes")
    adoption.adopt(LOCAL, other.id, other.revision, "Eux", "2025", "facilitateur")
    both = local.in_force("bassin").id
    with pytest.raises(DeniedError, match="OLS 06"):
        adoption.back(FACILITATOR, "05")
    with pytest.raises(DeniedError):
        adoption.back(FACILITATOR, "06")
    assert local.in_force("bassin").id == both
    adoption.back(Actor("facilitateur", "06"), "06")
    assert local.in_force("bassin").id == mine
    adoption.back(FACILITATOR, "05")
    assert local.in_force("bassin").id == ""


def test_once_the_government_has_fixed_the_bassins_no_ols_replaces_them(kept):
    meta = {"label": "Bassins", "statut": "officiel", "source": "Arrêté", "date": "2025-11-20"}
    fixed = local.adopt("bassin", zonings.read("bassins", "")[0], meta).id
    with pytest.raises(DataError, match="officiels"):
        adopted(kept)
    assert local.in_force("bassin").id == fixed
    assert book.get(LOCAL, kept.id).status == book.WORKSHOP


def test_an_adoption_says_where_the_other_bassins_come_from(kept):
    meta = {"label": "Bassins", "statut": "atelier", "source": "Groupe X", "date": "2025-11-20"}
    local.adopt("bassin", zonings.read("bassins", "")[0], meta)
    adopted(kept)
    about = local.in_force("bassin").about
    assert about["statut"] == "atelier"
    assert about["source"].endswith("ailleurs : Groupe X (proposés en atelier)")
    other = book.start(LOCAL, starts.start("communes", "06"), "Dinant", "communes")
    adoption.adopt(LOCAL, other.id, other.revision, "Eux", "2025", "facilitateur")
    said = local.in_force("bassin").about["source"]
    assert said.count("ailleurs") == 1
    assert said.endswith("Groupe X (proposés en atelier)")


def test_an_adoption_of_what_was_redrawn_in_between_is_refused(kept):
    book.change(LOCAL, kept.id, plan.delete(kept.plan, "05-92142"), "a", kept.revision)
    with pytest.raises(DataError, match="entre-temps"):
        adopted(kept)
    assert local.in_force("bassin").id == ""


def test_the_badge_of_an_ols_says_that_its_own_bassins_are_validated(kept):
    adopted(kept)
    bassins = territory.zoning("bassins")
    assert standing.badge(bassins, "05").text == "Bassins validés par l’OLS"
    assert standing.badge(bassins, "06").text == "Bassins provisoires"
    assert standing.badge(bassins).text == "Bassins provisoires"
    assert "bassins validés par l’OLS" in phrases.composition(territory.find("05"))
    assert "bassins provisoires" in phrases.composition(territory.find("06"))


# --- The command line -----------------------------------------------------------------------------


def command(*arguments: str):
    return CliRunner().invoke(commands.app, list(arguments))


def test_the_command_line_exports_what_it_imports(tmp_path):
    path = tmp_path / "plan.csv"
    for form in ([], ["--geojson"]):
        done = command("exporter", "en-vigueur", "--ols", "05", *form)
        path.write_text(done.stdout, "utf-8")
        name = f"Reçue {len(form)}"
        done = command("importer", str(path), "--ols", "05", "--nom", name)
        assert done.exit_code == 0, done.output
        made = book.get(LOCAL, done.stdout.split()[-1])
        assert (made.name, made.plan) == (name, starts.start("vigueur", "05"))
    listed = command("lister", "--csv").stdout.splitlines()
    assert [line.split(",")[2] for line in listed[1:]] == ["Reçue 0", "Reçue 1"]


def test_the_command_line_refuses_a_bad_file_and_keeps_nothing(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("label,refnis\nIci,99999\n", "utf-8")
    done = command("importer", str(path), "--ols", "05", "--nom", "x")
    assert done.exit_code == 1
    assert "n’est pas reconnu" in done.output
    assert book.drawings(LOCAL) == []


def test_the_command_line_proposes_and_keeps_under_a_name(monkeypatch):
    drawn = starts.start("grille", "09")
    monkeypatch.setattr(starts, "propose", lambda ols, least: drawn)
    shown = command("proposer", "--ols", "09").stdout
    assert files.read_file(shown[shown.index("zone,") :].encode(), "09").plan == drawn
    id_ = command("proposer", "--ols", "09", "--nom", "Calcul").stdout.split()[-1]
    assert book.get(LOCAL, id_).plan == drawn
