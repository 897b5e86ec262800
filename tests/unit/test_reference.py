"""The reform's models: every item has its block, every flow its ends and its source."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from olsdata import reference, store
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.reference import flows, glossary, marks
from olsdata.reference.marks import Mark
from olsdata.tables import DataError

NAMED = [f"F{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 18, 19, 20, 27, 29, 33, 34, 35, 40)]
NAMED += ["F42", "F45", "F53", "F54", "F55", "F56", "F57", "F58", "F59", "F65"]
NAMED += [f"C{n}" for n in range(1, 20)]


def test_every_item_of_the_documents_has_its_block() -> None:
    assert sorted(set(NAMED) - set(reference.items())) == []


def test_nothing_is_wrong_in_the_shipped_tables() -> None:
    assert reference.faults() == []
    for theme in reference.themes().values():
        for block in theme.blocks:
            assert block.documents, block.id
            assert block.columns or block.drawing or block.pages, block.id


def test_nineteen_contradictions_with_both_versions() -> None:
    table = reference.facts("contradictions")
    assert list(table["id"]) == [f"C{n}" for n in range(1, 20)]
    assert (table[["version_a", "version_b"]] != "").all(axis=None)
    assert set(table["document_a"]) | set(table["document_b"]) <= set(reference.documents())


@pytest.mark.parametrize("diagram", list(flows.DIAGRAMS))
def test_degrees_count_each_flow_once_at_each_end(diagram: str) -> None:
    found = flows.flows(diagram)
    there = found[found["etat"] != "absent"]
    table = flows.degrees(diagram)
    assert table["sortants"].sum() == table["entrants"].sum() == len(there)
    for node in table.index:  # a naive twin
        assert table.at[node, "sortants"] == sum(f.de == node for f in there.itertuples())
        assert table.at[node, "entrants"] == sum(f.vers == node for f in there.itertuples())
    assert set(flows.layout(diagram)) == set(found["de"]) | set(found["vers"])


def test_the_bassins_stand_between_the_macro_level_and_the_meso_structures() -> None:
    place = flows.layout("redevabilite")
    assert place["federal"][0] < place["ols"][0] < place["bassins"][0] < place["clps"][0]


def test_specialised_platforms_are_in_no_diagram() -> None:
    for diagram in flows.DIAGRAMS:
        assert flows.degrees(diagram).at["pss", "total"] == 0


def test_each_point_of_attention_but_three_names_its_flows() -> None:
    table = flows.attention().set_index("numero")
    assert list(table.index) == [str(n) for n in range(1, 11)]
    assert "H05" in table.at["7", "flux"].split()
    assert {"R13", "R14"} <= set(table.at["3", "flux"].split())


def test_a_wrong_flow_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = reference.facts("flux").copy()
    broken.loc[0, ["vers", "document", "etat"]] = ["personne", "un blog", "su"]
    real = reference.facts
    monkeypatch.setattr(flows, "facts", lambda n: broken if n == "flux" else real(n))
    text = "\n".join(flows.faults())
    for word in ("personne", "un blog", "su"):
        assert f"« {word} »" in text


def test_articles_are_found_by_word_without_accents_and_by_actor() -> None:
    assert set(reference.articles("management populationnel")["article"]) >= {"6", "18"}
    assert set(reference.articles("EVALUATION", "IWPL")["article"]) == {"27"}
    assert reference.articles("zzz").empty


def test_an_unknown_document_or_a_short_row_is_refused(tmp_path: object) -> None:
    raw = {
        "id": "x",
        "couvre": ["F99"],
        "titre": "T",
        "etat": "sûr",
        "documents": ["blog"],
        "texte": "t",
        "colonnes": ["a", "b"],
        "lignes": [["1"]],
    }
    with pytest.raises(DataError, match="blog") as caught:
        reference._block(raw, "essai")
    assert "état inconnu" in str(caught.value)
    assert "2 cases" in str(caught.value)


# --- Glossary -----------------------------------------------------------------------------------


def test_terms_are_in_order_and_each_says_something() -> None:
    terms = [reference.folded(term) for term in glossary.entries()]
    assert terms == sorted(terms)
    assert len(terms) == len(set(terms))
    assert all(entry.short for entry in glossary.entries().values())


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("les Bassins de vie", "le plus petit territoire"),
        ("le CLPS,", "Centre local de promotion"),
        ("clps", ""),
        ("RMLX", ""),
        ("PIF-ASI", "Plan interfédéral"),
        ("un CSV", ""),
    ],
)
def test_a_term_is_met_in_a_text_in_its_case_and_number(text: str, met: str) -> None:
    said = [
        m
        for term, m in glossary.on_hover().items()
        if re.search(rf"(?<![\w-]){term}(?![\w-])", text)
    ]
    assert [m[: len(met)] for m in said] == ([met] if met else [])


# --- What a territory says ------------------------------------------------------------------------

FLOW = flows.flows("donnees").iloc[0]
SAID = Mark("donnees", FLOW["de"], FLOW["vers"], FLOW["flux"], "existe", "2026-03", "un tableau")
OWN = Mark("ressources", "clps", "ols", "deux jours par semaine", "existe", "2026")


def test_what_is_said_is_kept_dated_and_the_latest_holds() -> None:
    assert marks.said(LOCAL, "05") == []
    assert marks.keep(LOCAL, "05", [SAID, OWN]) == 2
    assert marks.keep(LOCAL, "05", [SAID]) == 0
    later = Mark(*SAID.key, "manque")
    assert marks.keep(LOCAL, "05", [later]) == 1
    assert marks.said(LOCAL, "05") == [later, OWN]
    assert marks.said(LOCAL, "06") == []
    with store.reading() as session:
        assert session.query(store.models.FlowMark).count() == 3


def test_export_and_import_are_inverse() -> None:
    marks.keep(LOCAL, "05", [SAID, OWN])
    raw = marks.export(LOCAL, "05")
    assert marks.read(raw) == [SAID, OWN]
    assert marks.keep(LOCAL, "06", marks.read(raw)) == 2
    assert marks.said(LOCAL, "06") == marks.said(LOCAL, "05")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"diagram": "flots"}, "flots"),
        ({"source": "mairie"}, "mairie"),
        ({"here": "oui"}, "oui"),
        ({"since": "hier"}, "Depuis"),
        ({"flow": ""}, "Flux"),
        ({"remark": "x" * 501}, "501"),
        ({"remark": "93.05.18-223.61"}, "national"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(change: dict[str, str], word: str) -> None:
    bad = Mark(**({f: getattr(SAID, f) for f in SAID.__dataclass_fields__} | change))
    with pytest.raises(DataError, match=word):
        marks.keep(LOCAL, "05", [OWN, bad])
    assert marks.said(LOCAL, "05") == []


def test_a_file_with_an_unknown_node_is_refused_with_its_line() -> None:
    raw = pd.DataFrame(
        [["donnees", "bassins", "ols", "x", "existe"], ["donnees", "lune", "ols", "x", "existe"]],
        columns=list(marks.COLUMNS[:5]),
    ).to_csv(index=False)
    with pytest.raises(DataError, match="Ligne 3 : De : acteur inconnu, « lune »"):
        marks.read(raw.encode())
    with pytest.raises(DataError, match="il manque la colonne « ici »"):
        marks.read(b"diagramme,de,vers,flux\n")


def test_nobody_writes_or_reads_for_another_territory() -> None:
    own = Actor("facilitateur", "05")
    marks.keep(own, "05", [SAID])
    with pytest.raises(DeniedError):
        marks.keep(own, "06", [SAID])
    with pytest.raises(DeniedError):
        marks.keep(Actor("lecteur", "05"), "05", [SAID])
    with pytest.raises(DataError, match="Choisissez une OLS"):
        marks.keep(LOCAL, "wallonie", [SAID])
    assert marks.said(Actor("facilitateur", "06"), "05") == []
    assert marks.said(Actor("iwpl"), "05") == []
    assert marks.said(Actor("lecteur", "05"), "05") == [SAID]


@pytest.mark.parametrize("diagram", flows.DIAGRAMS)
def test_the_picture_of_the_flows_is_the_same_at_each_start(diagram):
    place, known = flows.layout(diagram), flows.nodes()
    for _, column in known.loc[list(place)].groupby("colonne"):
        mine = [place[node] for node in known.index if node in column.index]
        assert len({round(x, 9) for x, _ in mine}) == 1
        assert [y for _, y in mine] == sorted(y for _, y in mine)
