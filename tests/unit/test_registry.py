"""The registry as the field corrects it: nothing sourced is overwritten, nothing wrong gets in."""

from __future__ import annotations

import contextlib
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from olsdata import registry, store, tables
from olsdata.exports.tables import to_french_csv
from olsdata.notes.actors import LOCAL
from olsdata.registry import Content, Coverage, checks, files
from olsdata.tables import DataError

pytestmark = pytest.mark.both_stores

GOOD = Content(
    type="cercle_mg",
    name="Cercle d’essai",
    source="Site du cercle",
    date="2025-03-01",
    communes=(Coverage("92094", 1.0), Coverage("92003", 0.5), Coverage("91030")),
)
BEFORE = {
    name: (tables.GEODATA / name).read_bytes()
    for name in ("structures.csv", "structures_couverture.csv")
}
HEAD = "id,type,nom,date,source,communes\n"


def line(**changes: str) -> str:
    """A file of one good row, changed."""
    cells = {
        "id": "",
        "type": "cercle_mg",
        "nom": "Cercle d’essai",
        "date": "2025",
        "source": "Site du cercle",
        "communes": "Namur=1",
    } | changes
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells.values())
    return ",".join(cells) + "\n" + out.getvalue()


def faults(text: str | bytes) -> list[str]:
    report = registry.import_csv(LOCAL, text if isinstance(text, bytes) else text.encode())
    if report.faults:
        assert registry.proposals(withdrawn=True) == []
    return report.faults


# --- Proposals ----------------------------------------------------------------------------------


def test_a_proposal_is_listed_at_once_with_its_status_role_date_and_source():
    made = registry.propose(LOCAL, GOOD, "facilitateur")
    (found,) = registry.proposals()
    assert found == made
    assert found.status == "proposition du terrain"
    assert (found.role, found.content.source, found.content.date) == (
        "facilitateur",
        "Site du cercle",
        "2025-03-01",
    )
    assert found.content.communes == (
        Coverage("91030"),
        Coverage("92003", 0.5),
        Coverage("92094", 1.0),
    )


def test_a_correction_never_overwrites_the_sourced_row():
    embedded = dict(registry.sourced())
    registry.propose(LOCAL, replace(GOOD, corrects="cercle-agef", name="Autre nom"), "iwpl")
    for name, raw in BEFORE.items():
        assert (tables.GEODATA / name).read_bytes() == raw
    assert registry.sourced() == embedded
    exported = registry.export_frame()
    assert exported.loc["cercle-agef", "nom"] == embedded["cercle-agef"].name
    assert exported.loc["cercle-agef", "statut"] == "source"
    (mine,) = exported.index[exported["corrige"] == "cercle-agef"]
    assert exported.loc[mine, ["nom", "statut", "role"]].tolist() == [
        "Autre nom",
        "proposition du terrain",
        "iwpl",
    ]


def test_a_correction_that_changes_nothing_is_refused():
    same = replace(registry.sourced()["clps-brabant-wallon"], corrects="clps-brabant-wallon")
    with pytest.raises(DataError, match="ne change rien"):
        registry.propose(LOCAL, same, "iwpl")


def test_the_same_proposal_twice_is_kept_once():
    registry.propose(LOCAL, GOOD, "facilitateur")
    with pytest.raises(DataError, match="identique existe déjà"):
        registry.propose(LOCAL, GOOD, "facilitateur")
    assert len(registry.proposals()) == 1


def test_revising_and_withdrawing_append_to_the_history():
    made = registry.propose(LOCAL, GOOD, "facilitateur")
    revised = registry.revise(
        LOCAL, made.id, replace(GOOD, name="Nouveau", communes=(Coverage("92094"),)), "structure", 1
    )
    assert (revised.revision, revised.content.communes) == (2, (Coverage("92094"),))
    registry.withdraw(LOCAL, made.id, "iwpl")
    assert registry.proposals() == []
    (gone,) = registry.proposals(withdrawn=True)
    assert (gone.active, gone.status) == (False, "proposition du terrain, retirée")
    history = registry.history(made.id)
    assert [(c.number, c.action, c.role) for c in history] == [
        (1, "ajout", "facilitateur"),
        (2, "modification", "structure"),
        (3, "retrait", "iwpl"),
    ]
    assert [c.content["name"] for c in history] == ["Cercle d’essai", "Nouveau", "Nouveau"]
    with pytest.raises(DataError, match="déjà retirée"):
        registry.withdraw(LOCAL, made.id, "iwpl")


def test_two_authors_of_one_proposal_never_lose_each_others_text():
    made = registry.propose(LOCAL, GOOD, "facilitateur")
    registry.revise(LOCAL, made.id, replace(GOOD, name="Le premier"), "iwpl", made.revision)
    with pytest.raises(DataError, match="entre-temps"):
        registry.revise(LOCAL, made.id, replace(GOOD, name="Le second"), "structure", made.revision)
    assert registry.proposals()[0].content.name == "Le premier"


def test_proposals_of_a_territory_are_those_that_touch_it_or_have_no_zone():
    registry.propose(LOCAL, GOOD, "facilitateur")
    registry.propose(LOCAL, replace(GOOD, name="Sans zone", communes=()), "facilitateur")
    registry.propose(
        LOCAL, replace(GOOD, name="Siège", communes=(), seat_refnis="25005"), "facilitateur"
    )
    registry.propose(LOCAL, replace(GOOD, name="Autre type", type="rml"), "facilitateur")

    def names(*where: object) -> list[str]:
        return [p.content.name for p in registry.proposals(*where)]

    assert names("cercle_mg", ["92094"]) == ["Cercle d’essai", "Sans zone"]
    assert names("cercle_mg", ["25005"]) == ["Sans zone", "Siège"]
    assert names("rml") == ["Autre type"]
    assert len(names()) == 4


def test_a_proposal_makes_its_communes_known():
    every = list(tables.load().communes.index)
    naive = set(every) - {
        row["refnis"]
        for row in csv.DictReader(io.StringIO(BEFORE["structures_couverture.csv"].decode()))
        if row["structure"].startswith("cercle")
    }
    assert set(registry.unknown_communes("cercle_mg", every)) == naive
    blank = registry.unknown_communes("cercle_mg", every)[0]
    registry.propose(LOCAL, replace(GOOD, communes=(Coverage(blank),)), "facilitateur")
    assert set(registry.unknown_communes("cercle_mg", every)) == naive - {blank}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "club"}, "Type de structure inconnu"),
        ({"name": "  "}, "Nom : manquant"),
        ({"name": "a" * 201}, "201 caractères, 200 au plus"),
        ({"name": "a\x00b"}, "caractère de contrôle"),
        ({"name": "a\x1b[31m"}, "caractère de contrôle"),
        ({"name": "deux\nlignes"}, "caractère de contrôle"),
        ({"name": "abc\u202edef"}, "caractère de contrôle"),
        ({"name": "\ud800"}, "caractère de contrôle"),
        ({"source": ""}, "Source : manquant"),
        ({"source": "x" * 100_000}, "100000 caractères"),
        ({"date": ""}, "Date de la source : manquante"),
        ({"date": "1800-01-01"}, "trop ancien"),
        ({"date": "2999"}, "dans l’avenir"),
        ({"date": "31/02/2024"}, "n’est pas une date"),
        ({"date": "hier"}, "n’est pas une date"),
        ({"communes": (Coverage("99999"),)}, "Commune inconnue"),
        ({"communes": (Coverage("92094", 1.5),)}, "ne dépasse pas 1"),
        ({"communes": (Coverage("92094", -0.1),)}, "supérieure à 0"),
        ({"communes": (Coverage("92094", 0.0),)}, "supérieure à 0"),
        ({"communes": (Coverage("92094", float("nan")),)}, "supérieure à 0"),
        ({"communes": (Coverage("92094"), Coverage("92094"))}, "citée deux fois : Namur"),
        ({"seat_refnis": "1"}, "Commune inconnue"),
        ({"link": "javascript:alert(1)"}, "http"),
        ({"corrects": "inconnue"}, "Structure à corriger inconnue"),
    ],
)
def test_a_wrong_proposal_is_refused_and_nothing_is_kept(change, message):
    with pytest.raises(DataError, match=message):
        registry.propose(LOCAL, replace(GOOD, **change), "facilitateur")
    assert registry.declarations() == []
    assert registry.proposals() == []


def test_every_fault_is_named_at_once():
    wrong = replace(GOOD, type="club", name="", date="", communes=(Coverage("1"),))
    with pytest.raises(DataError) as error:
        registry.propose(LOCAL, wrong, "facilitateur")
    assert len(str(error.value).splitlines()) == 4


@pytest.mark.parametrize("role", ["", "Dr Dupont", "admin"])
def test_an_author_is_a_role_of_the_list_never_a_name(role):
    with pytest.raises(DataError, match="Rôle inconnu"):
        registry.propose(LOCAL, GOOD, role)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "🙂👩‍⚕️",
        "=HYPERLINK(1)",
        "**gras** [lien](x)",
        "'; drop table x",
    ],
)
def test_a_strange_text_is_kept_as_text(name):
    registry.propose(LOCAL, replace(GOOD, name=name), "facilitateur")
    assert registry.proposals()[0].content.name == name
    (row,) = [r for r in csv.DictReader(io.StringIO(registry.export_csv())) if r["role"]]
    assert row["nom"] == (f"'{name}" if name.startswith("=") else name)


@pytest.mark.sqlite_only
def test_a_database_that_refuses_leaves_the_sourced_registry_readable(monkeypatch, tmp_path):
    (tmp_path / "fichier").write_text("x")
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "fichier"))
    assert registry.proposals() == []
    assert registry.declared("cercle_mg") == frozenset()
    with pytest.raises(store.StoreError):
        registry.propose(LOCAL, GOOD, "facilitateur")


# --- Declarations -------------------------------------------------------------------------------


def test_a_declaration_stands_until_it_is_revoked():
    made = registry.declare_complete(
        LOCAL, "cercle_mg", "05", "17/5/2025", "Liste FAGW", "facilitateur"
    )
    assert made.sentence.startswith("Complet au 17/5/2025 selon Liste FAGW (Facilit")
    assert registry.declared("cercle_mg") == {"05"}
    assert registry.declared("rml") == frozenset()
    registry.revoke(LOCAL, made.id, "iwpl")
    assert registry.declared("cercle_mg") == frozenset()
    with pytest.raises(DataError, match="plus en vigueur"):
        registry.revoke(LOCAL, made.id, "iwpl")


def test_a_new_declaration_takes_the_place_of_the_old_one():
    registry.declare_complete(LOCAL, "cercle_mg", "05", "2024", "Ancienne", "facilitateur")
    registry.declare_complete(LOCAL, "cercle_mg", "05", "2025", "Nouvelle", "iwpl")
    assert [d.source for d in registry.declarations()] == ["Nouvelle"]


def test_a_wrong_declaration_names_every_fault():
    with pytest.raises(DataError) as error:
        registry.declare_complete(LOCAL, "club", "11", "2999", " ", "personne")
    assert len(str(error.value).splitlines()) == 5
    assert registry.declarations() == []
    assert registry.proposals() == []


# --- Files --------------------------------------------------------------------------------------


def test_importing_the_export_changes_nothing():
    registry.propose(LOCAL, GOOD, "facilitateur")
    registry.propose(LOCAL, replace(GOOD, corrects="cercle-agef"), "iwpl")
    before = registry.export_csv()
    for raw in (before.encode(), to_french_csv(registry.export_frame())):
        report = registry.import_csv(LOCAL, raw)
        assert report == registry.Report(unchanged=len(registry.export_frame()))
    assert registry.export_csv() == before


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=30,
).filter(lambda t: t.strip() and not set(t) & checks._DIRECTION)


@pytest.mark.sqlite_only
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            Content,
            type=st.sampled_from(tables.STRUCTURE_TYPES),
            name=texts,
            source=texts,
            date=st.sampled_from(["2020", "2021-05", "2022-12-31"]),
            remark=texts | st.just(""),
            seat_refnis=st.sampled_from(["", "92094", "25005"]),
            communes=st.dictionaries(
                st.sampled_from(["92094", "25005", "61003", "82039"]),
                st.none() | st.floats(0.001, 1),
            ).map(lambda d: tuple(Coverage(c, s) for c, s in d.items())),
            corrects=st.sampled_from(["", "cercle-agef", "clps-brabant-wallon"]),
        ),
        min_size=1,
        max_size=4,
        unique_by=repr,
    )
)
def test_an_export_read_on_another_machine_gives_the_same_export(tmp_path_factory, contents):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLS_DATA_DIR", str(tmp_path_factory.mktemp("une")))
        for content in contents:
            with contextlib.suppress(DataError):  # two contents may be the same once cleaned
                registry.propose(LOCAL, content, "facilitateur")
        kept = {p.content for p in registry.proposals()}
        assert kept
        exported = registry.export_csv()
        french = to_french_csv(registry.export_frame())
        for raw in (exported.encode(), french):
            patch.setenv("OLS_DATA_DIR", str(tmp_path_factory.mktemp("autre")))
            report = registry.import_csv(LOCAL, raw)
            assert report.faults == []
            assert registry.export_csv() == exported
            assert {p.content for p in registry.proposals()} == kept


def test_a_changed_sourced_row_becomes_one_correction_however_often_it_is_imported():
    frame = registry.export_frame()
    frame.loc["cercle-agef", ["nom", "date"]] = ["Nouveau nom", "2026"]
    raw = to_french_csv(frame)
    report = registry.import_csv(LOCAL, raw, "structure")
    assert (report.corrected, report.added, report.unchanged) == (1, 0, 131)
    (made,) = registry.proposals()
    assert (made.content.corrects, made.content.name, made.role) == (
        "cercle-agef",
        "Nouveau nom",
        "structure",
    )
    deduced = {c.refnis for c in made.content.communes if c.deduced}
    assert deduced == {c.refnis for c in registry.sourced()["cercle-agef"].communes if c.deduced}
    assert registry.import_csv(LOCAL, raw).corrected == 0
    assert len(registry.proposals()) == 1


def test_an_edited_proposal_is_revised_and_a_withdrawn_one_stays_withdrawn():
    made = registry.propose(LOCAL, GOOD, "facilitateur")
    raw = registry.export_csv().replace("Cercle d’essai", "Cercle modifié").encode()
    assert registry.import_csv(LOCAL, raw).revised == 1
    assert registry.proposals()[0].content.name == "Cercle modifié"
    registry.withdraw(LOCAL, made.id, "iwpl")
    report = registry.import_csv(LOCAL, raw)
    assert (report.withdrawn, report.faults) == (1, [])
    assert registry.proposals() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_every_spreadsheet_are_read(encoding, separator, end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(["ID", "Type", "Nom", "Date", "Source", "Communes"])
    zone = "92094 Namur=0,5 | Liège=50 % | Écaussinnes=?"
    writer.writerow(["", "cercle_mg", "Œuvre d’été – n° 1", "01/05/2025", "Été", zone])
    assert faults(out.getvalue().encode(encoding)) == []
    (made,) = registry.proposals()
    assert (made.content.name, made.content.date) == ("Œuvre d’été – n° 1", "2025-05-01")
    assert [c.share for c in made.content.communes] == [None, 0.5, 0.5]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "club"}, "Type de structure inconnu : « club »"),
        ({"source": ""}, "Source : manquant"),
        ({"communes": "Atlantide=1"}, "Commune inconnue : « Atlantide »"),
        ({"communes": "92094 Liège=1"}, "92094 désigne Namur"),
        ({"communes": "Namur=1,5"}, "Namur : Part 1.5"),
        ({"communes": "Namur=150 %"}, "Namur : Part 1.5"),
        ({"communes": "Namur=beaucoup"}, "Namur : part « beaucoup »"),
        ({"communes": "Namur=inf"}, "part « inf »"),
        ({"communes": "=1"}, "commune=part"),
        ({"communes": "Namur=1 | 92094=1"}, "citée deux fois : Namur"),
        ({"date": ""}, "Date de la source : manquante"),
        ({"nom": "a\nb"}, "saut de ligne"),
        ({"id": "../x"}, "lettres sans accent"),
        ({"id": "cercle-agef", "nom": "x", "date": ""}, "Date de la source : manquante"),
        ({"id": "cercle-agef", "corrige": "cercle-fagc"}, "n’en corrige pas une autre"),
        ({"corrige": "absente"}, "Structure à corriger inconnue"),
        ({"role": "Jeanne"}, "Rôle inconnu"),
        ({"statut": "validé"}, "statut inconnu"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_changes(changes, message):
    (fault,) = faults(line(**changes))
    assert fault.startswith("Ligne 2 : ")
    assert message in fault


def test_every_wrong_row_is_named_and_the_good_ones_are_not_kept():
    good = line().splitlines()[1]
    text = HEAD + f"{good}\n,cercle_mg,,2025,S,Namur\n{good}\n,club,N,2025,S,Namur\n"
    assert [f.split(" :")[0] for f in faults(text)] == ["Ligne 3", "Ligne 5"]


def test_two_rows_with_one_id_are_refused_with_both_lines():
    text = HEAD + "a1,cercle_mg,A,2025,S,Namur\n\na1,cercle_mg,B,2025,S,Namur\n"
    assert faults(text) == ["Ligne 4 : id « a1 » déjà pris à la ligne 2."]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "vide"),
        (b"  \n", "vide"),
        (HEAD.encode(), "aucune ligne"),
        (b"nom,prenom\na,b\n", "il manque la colonne « id »"),
        ((HEAD[:-1] + ",age\n").encode(), "colonne inconnue, « age »"),
        ((HEAD[:-1] + ",nom\n").encode(), "colonne en double, « nom »"),
        ((HEAD + "a,b\n").encode(), "Ligne 2 : 2 colonnes au lieu de 6"),
        ((HEAD + '"a,b\n').encode(), "guillemets"),
        (HEAD.encode() + b"\x00" * 10, "pas un CSV"),
        (b"PK\x03\x04" + b"x" * 100, "classeur"),
        (b"\x81\x8d\xff,\n", "Encodage"),
    ],
)
def test_what_is_not_a_registry_file_is_refused(raw, message):
    (fault,) = faults(raw)
    assert message in fault


def test_a_large_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "gros.csv"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))
    (fault,) = registry.import_csv(LOCAL, path).faults
    assert "50 Mo" in fault
    assert faults(b"x" * (files.MOST_BYTES + 1))[0].startswith("Le fichier fait 10 Mo")
    assert "introuvable" in registry.import_csv(LOCAL, tmp_path / "absent.csv").faults[0]
    assert "n’est pas un fichier" in registry.import_csv(LOCAL, tmp_path).faults[0]


def test_no_cell_of_the_export_begins_as_a_formula():
    registry.propose(
        LOCAL,
        replace(GOOD, name="=1+1", source="@SUM(A1)", remark="+32", seat="-1"),
        "facilitateur",
    )
    for row in csv.reader(io.StringIO(registry.export_csv())):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_the_embedded_registry_is_exported_whole():
    frame = registry.export_frame()
    assert len(frame) == 132
    pairs = frame["communes"].str.count("=").sum()
    assert pairs == BEFORE["structures_couverture.csv"].count(b"\n") - 1
    assert frame["source"].ne("").all()


# --- Doctors ------------------------------------------------------------------------------------


def csv_of(*rows: str) -> bytes:
    return ("commune;medecins;date;source\n" + "\n".join(rows) + "\n").encode("cp1252")


def test_counts_are_imported_and_classed_with_their_date_and_source():
    report = registry.import_counts(
        LOCAL, csv_of("Namur;200;01/06/2025;INAMI", "25005;3;2025;AViQ")
    )
    assert (report.added, report.faults) == (2, [])
    table = registry.doctors_table(["92094", "25005", "25014", "63023"])
    assert table["nom"].tolist() == ["Beauvechain", "Braine-l'Alleud", "Namur"]
    assert table["categorie"].tolist() == ["majoré", "", "ni l’un ni l’autre"]
    assert table.loc["92094", ["medecins", "date", "source"]].tolist() == [
        200,
        "2025-06-01",
        "INAMI",
    ]
    assert registry.import_counts(LOCAL, csv_of("Namur;200;01/06/2025;INAMI")).unchanged == 1


def test_the_latest_list_counts_and_withdrawing_it_shows_the_one_before():
    registry.import_counts(LOCAL, csv_of("Namur;200;2025;INAMI"))
    registry.import_counts(LOCAL, csv_of("Namur;100;2023;INAMI"))
    assert registry.counts().at["92094", "medecins"] == 200
    registry.withdraw_count(LOCAL, registry.counts().at["92094", "id"], "iwpl")
    assert registry.counts().at["92094", "medecins"] == 100
    with pytest.raises(DataError, match="plus dans la liste"):
        registry.withdraw_count(LOCAL, "mg-absent", "iwpl")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Atlantide;3;2025;INAMI", "Commune inconnue"),
        ("Eupen;3;2025;INAMI", "germanophone"),
        ("Namur;3,5;2025;INAMI", "nombre entier"),
        ("Namur;-3;2025;INAMI", "nombre entier"),
        ("Namur;٣;2025;INAMI", "nombre entier"),
        ("Namur;99999;2025;INAMI", "dépasse"),
        ("Namur;3;2025;", "Source : manquant"),
        ("Namur;3;;INAMI", "Date de la liste : manquante"),
    ],
)
def test_a_wrong_count_is_named_and_none_is_kept(row, message):
    raw = ("commune;medecins;date;source\nLiège;100;2025;INAMI\n" + row + "\n").encode()
    report = registry.import_counts(LOCAL, raw)
    (fault,) = report.faults
    assert fault.startswith("Ligne 3 : ")
    assert message in fault
    assert registry.counts().empty


def test_a_commune_given_twice_or_a_file_without_a_number_is_refused():
    twice = registry.import_counts(LOCAL, csv_of("Namur;1;2025;S", "92094;2;2025;S"))
    assert twice.faults == ["Ligne 3 : commune déjà donnée à la ligne 2."]
    assert "aucun nombre" in registry.import_counts(LOCAL, csv_of("Namur;;;")).faults[0]


def test_no_two_communes_have_the_same_folded_name():
    names = tables.load().communes["nom"].map(checks.folded)
    assert names.is_unique
