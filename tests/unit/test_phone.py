"""The page of the telephones: it adds a note to its open workshop, and nothing else answers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from olsdata import phone
from olsdata.notes.actors import LOCAL, Actor
from olsdata.phone import Desk, Limit
from olsdata.tables import DataError
from olsdata.workshops import book, line, lists, voices
from olsdata.workshops.book import Plan, Workshop
from olsdata.workshops.line import Line

HOST = "192.168.1.12:8765"
SCRIPT = "<script>alert(1)</script></textarea><img src=x onerror=alert(1)>"


def opened(**plan: Any) -> Workshop:
    return book.open_(LOCAL, book.prepare(LOCAL, Plan("Vieillir ici", "06", **plan)).id)


def desk(held: Workshop) -> Desk:
    return Desk(Line(held.id, "192.168.1.12", 8765, "t"))


def ask(
    at: Desk, method: str, path: str, note: str | None = None, client: str = "10.0.0.1", **more: Any
) -> httpx.Response:
    """One request, as the network brings it.

    In a thread of its own: the browser of another test may hold this thread's event loop.
    """

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(phone.application(at), client=(client, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as http:
            data = None if note is None else {"note": note, **more.pop("data", {})}
            return await http.request(method, path, data=data, **more)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, send()).result()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone, "WRONG_SECONDS", 0.0)


def said(held: Workshop) -> list[str]:
    return [v.text for v in voices.find(LOCAL, held.id, waiting=None)]


def is_nothing(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.content) == (404, b"")


def test_the_code_opens_a_form_in_french_without_any_script() -> None:
    held = opened()
    answer = ask(desk(held), "GET", f"/{held.code.lower()}")
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert "Vieillir ici" in answer.text
    assert "<script" not in answer.text
    assert answer.text.count("<textarea") == 1
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


def test_a_note_that_is_sent_is_kept_once_and_thanked_for() -> None:
    held = opened()
    at = desk(held)
    answer = ask(at, "POST", f"/{held.code}", "Les bus s’arrêtent tôt.")
    assert answer.status_code == 303  # reloading the page sends nothing again
    thanks = ask(at, "GET", answer.headers["location"])
    assert "Merci" in thanks.text
    assert "Les bus" not in thanks.text
    assert said(held) == ["Les bus s’arrêtent tôt."]


def test_a_script_in_a_note_stays_text_here_and_in_the_refusal() -> None:
    held = opened()
    at = desk(held)
    ask(at, "POST", f"/{held.code}", SCRIPT)
    assert said(held) == [SCRIPT]
    refused = ask(at, "POST", f"/{held.code}", f"{SCRIPT} 0475 12 34 56")
    assert refused.status_code == 422
    assert "&lt;script&gt;" in refused.text
    assert "<script" not in refused.text
    assert "<img" not in refused.text


def test_nobodys_notes_can_be_listed() -> None:
    held = opened()
    at = desk(held)
    ask(at, "POST", f"/{held.code}", "Secret de la salle.")
    for path in (f"/{held.code}", f"/{held.code}?envoye", f"/{held.code}?note=1"):
        assert "Secret" not in ask(at, "GET", path).text


@pytest.mark.parametrize(
    "path",
    [
        "/", "/favicon.ico", "/robots.txt", "/docs", "/openapi.json", "/_stcore/health",
        "/app/static/icone.svg", "/../geodata/communes.csv", "/%2e%2e/app.py", "/{code}/",
        "/x/{code}", "/{code}/notes", "/{id}", "/notes?code={code}", "//{code}x", "/{code}%00",
        "/ABCDEF",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_every_other_path_answers_nothing(method: str, path: str) -> None:
    held = opened()
    here = path.replace("{code}", held.code).replace("{id}", held.id)
    assert is_nothing(ask(desk(held), method, here))
    assert said(held) == []


@pytest.mark.parametrize(
    "method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
)
def test_the_form_answers_two_methods_alone(method: str) -> None:
    held = opened()
    assert is_nothing(ask(desk(held), method, f"/{held.code}"))


def test_another_name_for_this_machine_answers_nothing() -> None:
    """A page of the web that points its own name at this address learns nothing."""
    held = opened()
    for host in ("exemple.be", "192.168.1.12", "localhost:8765", "192.168.1.12:8765.exemple.be"):
        headers = {"host": host}
        assert is_nothing(ask(desk(held), "GET", f"/{held.code}", headers=headers))


def test_a_closed_code_and_the_code_of_another_workshop_answer_nothing() -> None:
    one, two = opened(), opened()
    at = desk(one)
    assert is_nothing(ask(at, "POST", f"/{two.code}", "Chez eux."))
    assert (
        is_nothing(ask(at, "POST", f"/{one.code}", "Chez eux.", data={"atelier": two.id})) is False
    )
    assert (said(one), said(two)) == (["Chez eux."], [])
    book.close(LOCAL, one.id)
    assert is_nothing(ask(at, "GET", f"/{one.code}"))
    assert is_nothing(ask(at, "POST", f"/{one.code}", "Trop tard."))
    assert said(one) == ["Chez eux."]


def test_who_guesses_codes_is_slowed_then_refused_even_with_the_right_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(phone, "WRONG_SECONDS", 0.05)
    held = opened()
    at = desk(held)
    start = time.monotonic()
    for number in range(10):
        assert is_nothing(ask(at, "GET", f"/AAAA{number:02}"))
    assert time.monotonic() - start >= 10 * 0.05
    assert is_nothing(ask(at, "GET", f"/{held.code}"))
    assert ask(at, "GET", f"/{held.code}", client="10.0.0.2").status_code == 200


def test_a_thousand_notes_a_minute_from_one_telephone_do_not_get_through() -> None:
    held = opened()
    at = desk(held)
    at.notes.clock = iter(60 * n / 1_000 for n in range(2_000)).__next__
    codes = [ask(at, "POST", f"/{held.code}", f"Note {n}.").status_code for n in range(1_000)]
    assert set(codes) == {303, 429}
    assert len(said(held)) == codes.count(303) <= 60
    late = ask(at, "POST", f"/{held.code}", "Et la mienne.", client="10.0.0.9")
    assert late.status_code == 303


def test_what_is_refused_stays_in_the_field() -> None:
    held = opened()
    at = desk(held)
    at.notes = Limit(burst=2, per_second=0)
    long = ask(at, "POST", f"/{held.code}", "é" * 1_001)
    assert long.status_code == 422
    assert "é" * 1_001 in long.text
    assert ask(at, "POST", f"/{held.code}", "  ").status_code == 422
    fast = ask(at, "POST", f"/{held.code}", "Gardez ceci.")
    assert fast.status_code == 429
    assert "Gardez ceci." in fast.text
    assert ask(at, "POST", f"/{held.code}", "x" * 20_000).status_code == 413
    assert said(held) == []


def test_what_may_designate_someone_is_refused_and_what_is_doubtful_is_confirmed() -> None:
    held = opened()
    at = desk(held)
    assert ask(at, "POST", f"/{held.code}", "Appeler le 0475 12 34 56").status_code == 422
    doubt = "Le docteur Lambert aide."
    answer = ask(at, "POST", f"/{held.code}", doubt)
    assert answer.status_code == 422
    assert 'type="checkbox"' in answer.text
    assert ask(at, "POST", f"/{held.code}", doubt, data={"sur": "oui"}).status_code == 303
    certain = ask(at, "POST", f"/{held.code}", "Le 0475 12 34 56", data={"sur": "oui"})
    assert certain.status_code == 422
    assert said(held) == [doubt]


@pytest.mark.parametrize(
    "body", [b"", b"note", b"\xff\xfe%%%", b"a=1&" * 50, b"note=%ff%fe&note=b"]
)
def test_a_body_that_makes_no_sense_harms_nothing(body: bytes) -> None:
    held = opened()
    answer = ask(desk(held), "POST", f"/{held.code}", content=body)
    assert answer.status_code in (303, 404, 413, 422)
    assert len(said(held)) <= 1


def test_notes_are_held_back_when_the_facilitator_said_so() -> None:
    held = opened(held=True)
    ask(desk(held), "POST", f"/{held.code}", "À relire.")
    assert voices.find(LOCAL, held.id) == []
    assert said(held) == ["À relire."]


# --- The line -----------------------------------------------------------------------------------


def network() -> str:
    found = line.addresses()
    if not found:
        pytest.skip("cette machine n’a pas d’adresse sur un réseau local")
    return found[0]


def gone(url: str) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=2)
        except httpx.TransportError:
            return True
        time.sleep(0.1)
    return False


def test_the_line_listens_on_the_network_alone_and_ends_with_its_workshop() -> None:
    address, held = network(), opened()
    found = line.start(LOCAL, held.id, address)
    url = found.url(held.code)
    try:
        assert httpx.get(url).status_code == 200
        for path in ("", "_stcore/health", "accueil", "app/static/icone.svg", held.id):
            answer = httpx.get(found.url(path))
            assert (answer.status_code, answer.content) == (404, b"")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{found.port}/{held.code}")
        assert httpx.post(url, data={"note": "Depuis le réseau."}).status_code == 303
        assert said(held) == ["Depuis le réseau."]
        assert line.start(LOCAL, held.id, address) == found
        other = line.start(LOCAL, opened().id, address)
        assert other.token != found.token
        assert line.live() == other
        assert httpx.get(url).status_code == 404  # its line is closed, whatever answers there
        book.close(LOCAL, other.workshop)
        assert gone(other.url("x"))
        assert line.live() is None
    finally:
        line.stop()


def test_a_line_outlives_whoever_started_it() -> None:
    address, held = network(), opened()
    script = (
        "import os, signal\n"
        "from olsdata.notes.actors import LOCAL\n"
        "from olsdata.workshops import line\n"
        f"line.start(LOCAL, {held.id!r}, {address!r})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], env=dict(os.environ), check=False)
    found = line.live()
    try:
        assert found is not None
        assert httpx.post(found.url(held.code), data={"note": "Toujours là."}).status_code == 303
        assert said(held) == ["Toujours là."]
    finally:
        line.stop()
    assert gone(found.url(held.code))


def test_a_line_is_opened_by_who_leads_an_open_workshop_on_an_address_of_this_machine() -> None:
    held = opened()
    for actor in (Actor("participant", "06"), Actor("facilitateur", "05"), Actor("iwpl")):
        with pytest.raises(DataError):
            line.start(actor, held.id)
    with pytest.raises(DataError, match="n’est pas une adresse"):
        line.start(LOCAL, held.id, "8.8.8.8")
    book.close(LOCAL, held.id)
    with pytest.raises(DataError, match="pas ouvert"):
        line.start(LOCAL, held.id)
    assert line.read() is None


def test_without_a_network_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "addresses", list)
    with pytest.raises(DataError, match="Wi-Fi"):
        line.start(LOCAL, opened().id)


def test_a_line_is_needed_while_its_workshop_is_open_and_someone_writes() -> None:
    held = opened()
    at = desk(held)
    assert phone.needed(at)
    at.last -= phone.IDLE_SECONDS + 1
    assert not phone.needed(at)
    at = desk(held)
    book.close(LOCAL, held.id)
    assert not phone.needed(at)
    assert not phone.needed(Desk(Line("a0", "192.168.1.12", 8765, "t")))
    assert book.get(LOCAL, held.id).state == lists.CLOSED
