"""WalStat is asked on purpose only, checked whole, and changes nothing when it answers badly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from olsdata import catalogue, checks, figures, local, tables, territory
from olsdata.sources import fetch, incoming, update, walstat
from olsdata.tables import DataError
from tests.walstat import NUMBERS, Api, answer, api, communes, value

QUICK = fetch.Limits(connect=2, read=2, total=0.5, attempts=2, pause=0.01)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with api() as server:
        monkeypatch.setenv(walstat.URL_VARIABLE, server.url)
        yield server


def ask(*cards: str) -> update.Plan:
    return update.ask(cards, limits=QUICK)


def layer() -> set[Path]:
    return {p for p in local.folder().rglob("*.*") if p.is_file()}


def test_the_address_is_that_of_the_documentation():
    assert walstat.address("ris_18_64_pct") == (
        "https://opendata.iweps.be/api/data/csv/8321000_0/com+period=last"
    )


def test_every_card_of_walstat_says_what_it_is_and_is_not_available_before(service):
    for card, about in walstat.series().items():
        assert not catalogue.card(card).available
        assert {"indicateur", "ordre", "unite", "polarite", "poids", "bornes"} <= set(about)
        assert "moyenne pondérée" in about["limites"]
    assert {f"{a['indicateur']}_{a['ordre']}": c for c, a in walstat.series().items()} == NUMBERS
    assert service.asked == []


def test_all_cards_come_in_at_once_and_every_page_has_them(service):
    before = tables.load().version
    plan = ask()
    assert plan.faults == ()
    assert [len(one.new) for one in plan.differences] == [261] * 5
    assert layer() == set()
    update.keep(plan)
    assert tables.load().version == f"{before}~{local.fingerprint()}"
    for number, card in NUMBERS.items():
        found = figures.by_zone(card, territory.zoning("communes"))["valeur"]
        said = {code: value(number, i) for i, (code, _) in enumerate(communes())}
        assert found.to_dict() == pytest.approx(said)
        shown = catalogue.card(card)
        assert (shown.available, shown.year, shown.licence) == (True, "2023", "CC0")
        assert "actualisé le" in shown.source
    assert not checks.run().wrong


def test_a_rate_is_a_mean_weighted_by_its_own_population(service):
    update.keep(ask("minors_no_work_income_pct"))
    people, zoning = {}, territory.zoning("ols")
    for row in (tables.GEODATA / "population_age_sexe.csv").read_text("utf-8").splitlines()[1:]:
        code, year, _, age, count = row.split(",")
        if year == "2021" and age.isascii() and int(age.partition("-")[0].rstrip("+")) < 18:
            people[code] = people.get(code, 0) + int(count)
    inside = [code for code in people if zoning.people.at["01", code] == 1]
    values = {code: value("833100_0", i) for i, (code, _) in enumerate(communes())}
    expected = sum(values[c] * people[c] for c in inside) / sum(people[c] for c in inside)
    row = figures.by_zone("minors_no_work_income_pct", zoning).loc["01"]
    assert row["valeur"] == pytest.approx(expected)
    assert row["agregation"] == "moyenne_ponderee"


@pytest.mark.parametrize(
    ("mode", "message", "requests"),
    [
        ("lent", "trop lent|pas de réponse", 2),
        ("404", "inconnu du service", 1),
        ("500", "en panne", 2),
        ("html", "page web", 1),
        ("vide", "réponse vide", 1),
        ("tronqué", "tronqué", 1),
        ("coupé", "interrompue avant la fin", 2),
        ("codes", "pas des communes wallonnes, 44021", 1),
        ("énorme", "plus de 5 Mo", 1),
        ("énorme annoncé", "plus de 5 Mo", 1),
        ("gzip", "compressée", 1),
        ("redirigé", "réponse 302", 1),
        ("partiel", "partielle", 1),
        ("nombre", "n’est pas cet indicateur", 1),
    ],
)
def test_a_bad_answer_is_refused_with_its_reason_and_changes_nothing(
    service, mode, message, requests
):
    update.keep(ask("bim_pct"))
    before, kept = layer(), figures.value("bim_pct", territory.find("05"))
    service.mode = mode
    service.asked.clear()
    plan = ask("bim_pct")
    assert plan.ready == ()
    assert len(plan.faults) == 1
    assert re.search(message, plan.faults[0])
    assert len(service.asked) == requests
    with pytest.raises(DataError, match="Rien à garder"):
        update.keep(plan)
    assert (layer(), figures.value("bim_pct", territory.find("05"))) == (before, kept)


def test_a_service_that_fails_once_is_asked_again(service):
    service.mode = "en panne une fois"
    assert len(ask("bim_pct").ready) == 1
    assert len(service.asked) == 2


def test_a_service_that_cannot_be_reached_is_not_asked_for_the_rest(monkeypatch, service):
    port = service.server_address[1]
    service.socket.close()
    monkeypatch.setenv(walstat.URL_VARIABLE, f"http://127.0.0.1:{port}/api/data")
    plan = update.ask(limits=QUICK)
    assert plan.ready == ()
    assert "injoignable" in plan.faults[0]
    assert [fault.rpartition(" : ")[2] for fault in plan.faults[1:]] == ["non demandé."] * 4


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://localhost/x", "file:///etc/passwd"])
def test_only_https_or_this_machine_is_asked(url):
    with pytest.raises(DataError, match="Adresse refusée"):
        fetch.get(url, QUICK)


def test_what_is_not_available_is_missing_and_an_older_period_is_left_out(service):
    text = answer("833800_0")
    text = text.replace("92094,Commune,Namur,année 2023,", "92094,Commune,Namur,Année 2023,x")
    name, before, _ = text.partition("92094,Commune,Namur,")
    rest = text[len(name) + len(before) :].partition("\n")[2]
    service.text = f"{name}{before}année 2023,non disponible\n{rest}"
    first = service.text.split("\n")[1]
    service.text = service.text.replace(first, first.replace("2023", "2020"))
    plan = ask("bim_pct")
    values = plan.ready[0].values["valeur"]
    assert set(values.index[values.isna()]) == {"92094", communes()[0][0]}
    assert any("période plus ancienne" in said for said in plan.ready[0].said)
    assert any("Namur" in said for said in plan.ready[0].said)


def test_the_two_former_communes_of_bastogne_are_averaged_by_inhabitants(service):
    lines = [row for row in answer("833800_0").split("\n") if not row.startswith("82039")]
    lines[1:1] = [
        "82003,Commune,Bastogne,année 2023,10",
        "82005,Commune,Bertogne,année 2023,20",
    ]
    service.text = "\n".join(lines)
    people = {"82003": 0, "82005": 0}
    for row in (tables.GEODATA / "secteurs.csv").read_text("utf-8").splitlines()[1:]:
        if row[:5] in people:
            people[row[:5]] += int(row.rpartition(",")[2])
    expected = (10 * people["82003"] + 20 * people["82005"]) / sum(people.values())
    found = ask("bim_pct").ready[0].values["valeur"]["82039"]
    assert found == pytest.approx(expected)


def test_a_difference_names_what_is_new_what_moves_and_what_vanishes(service):
    update.keep(ask("bim_pct"))
    text = answer("833800_0", "année 2024")
    codes = [code for code, _ in communes()]
    lines = text.split("\n")
    lines[1] = lines[1].rpartition(",")[0] + ",non disponible"
    lines[2] = lines[2].rpartition(",")[0] + f",{value('833800_0', 1) * 1.3:.1f}"
    lines[3] = lines[3].rpartition(",")[0] + f",{value('833800_0', 2) * 1.1:.1f}"
    service.text = "\n".join(lines)
    found = ask("bim_pct").differences[0]
    assert (found.before, found.after) == ("année 2023", "année 2024")
    assert found.vanished == (codes[0],)
    assert list(found.changed.index) == [codes[1]]
    assert (found.new, found.same) == ((), 259)
    assert "année 2023 → année 2024" in found.sentence


def test_keeping_several_cards_is_all_or_nothing(service, monkeypatch):
    plan = ask("bim_pct", "life_expectancy")
    real, done = local.replace, []

    def full(path: Path, content: bytes) -> None:
        if len(done) == 3:
            raise OSError(28, "No space left on device")
        done.append(path)
        real(path, content)

    monkeypatch.setattr(local, "replace", full)
    with pytest.raises(DataError, match="Rien n’a été changé"):
        update.keep(plan)
    assert len(done) == 3
    assert not catalogue.card("bim_pct").available
    assert local.fingerprint() == ""


def test_withdrawing_goes_back_to_the_shipped_figures_and_erases_the_files(service):
    update.keep(ask())
    assert sorted(update.withdraw()) == sorted(NUMBERS.values())
    assert not any(catalogue.card(card).available for card in NUMBERS.values())
    assert "~" not in tables.load().version
    assert not list((local.folder() / "indicateurs").iterdir())
    with pytest.raises(DataError, match="rien à retirer"):
        update.withdraw()


def test_a_damaged_file_of_the_layer_is_named_and_its_card_can_still_be_withdrawn(service):
    update.keep(ask("bim_pct"))
    path = next((local.folder() / "indicateurs").glob("*.csv"))
    path.write_bytes(path.read_bytes()[:-20])
    local.refresh()
    tables.load.cache_clear()
    with pytest.raises(DataError, match=r"bim_pct.*abîmés"):
        tables.load()
    update.withdraw(["bim_pct"])
    assert tables.load().locales == {}


def test_a_hand_downloaded_file_needs_no_network(service):
    plan = update.opened(answer("833800_0").encode("utf-8-sig"), "C:\\Temp\\833800_0.csv")
    assert [one.id for one in plan.ready] == ["bim_pct"]
    with pytest.raises(DataError, match="non reconnu"):
        update.opened(answer("833800_0").encode(), "export.csv")
    assert update.opened(answer("833800_0").encode(), "export.csv", "bim_pct").ready
    assert service.asked == []


def test_the_age_of_each_source_is_counted_from_the_day_it_came_in(service):
    update.keep(ask("bim_pct"))
    (age,) = update.ages()
    assert (age.id, age.period, age.days) == ("bim_pct", "année 2023", 0)


def test_command_line_shows_then_keeps_then_withdraws(service, run, tmp_path):
    code, out, err = run("maj", "--a-blanc", "--fiche", "bim_pct")
    assert (code, layer()) == (0, set())
    assert "261 valeurs nouvelles" in out.decode()
    assert "Rien n’a été changé." in err
    code, out, _ = run("maj", "--oui", "--fiche", "bim_pct")
    assert code == 0
    assert "✓ Gardé" in out.decode()
    assert catalogue.card("bim_pct").available
    service.mode = "html"
    code, _, err = run("maj", "--oui", "--fiche", "bim_pct")
    assert code == 1
    assert "page web" in err
    code, out, _ = run("maj", "--retirer")
    assert (code, catalogue.card("bim_pct").available) == (0, False)
    path = tmp_path / "833800_0.csv"
    path.write_text(answer("833800_0"), "utf-8")
    assert run("maj", "--fichier", str(path), "--oui")[0] == 0
    assert catalogue.card("bim_pct").available
    assert run("maj", "--source", "ailleurs")[0] == 1


def test_the_weight_is_the_embedded_population_nearest_to_the_year():
    assert incoming.nearest("pop_0_17", 2014) == "pop_0_17_2016"


@pytest.mark.network
def test_the_real_service_answers_for_every_card():
    plan = update.ask()
    assert plan.faults == ()
