"""The page of the telephones: `python -m olsdata.phone TOKEN`, started by ``workshops.line``.

The only part of the project that listens on the network, and only while a workshop is open. It
does one thing: add a note to that workshop, for who has its code. Everything else answers nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from olsdata.notes import guard
from olsdata.notes.actors import LOCAL, DeniedError
from olsdata.notes.content import TEXT_MOST
from olsdata.notes.guard import RefusedError
from olsdata.tables import DataError
from olsdata.workshops import book, line, lists, voices
from olsdata.workshops.line import Line

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

BODY_MOST, BODY_SECONDS = 16_000, 10.0
WRONG_SECONDS = 1.0
"""A wrong code is answered slowly, so that guessing takes years."""

IDLE_SECONDS = 4 * 3600.0
"""Without any note for so long, the room has gone home."""

BEAT_SECONDS, LOOK_SECONDS = 1.0, 5.0
CLIENTS_MOST = 5_000

PAGE = Path(__file__).with_name("phone.html").read_text("utf-8")
STYLE = Path(__file__).with_name("phone.css").read_text("utf-8")
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

THANKS = "Merci. Votre note est partie vers l’écran. Vous pouvez en écrire une autre."
TOO_MANY = "Trop de notes en peu de temps : attendez un moment, votre texte est gardé ici."
TOO_LONG = f"Votre note est trop longue : {TEXT_MOST} caractères au plus."


@dataclass
class Limit:
    """So many actions at once, then so many per second, for each client.

    Examples
    --------
    >>> limit = Limit(burst=2, per_second=1.0, clock=iter([0.0, 0.0, 0.0, 1.5]).__next__)
    >>> [limit.take("a") for _ in range(4)]
    [True, True, False, True]
    """

    burst: float
    per_second: float
    clock: Callable[[], float] = time.monotonic
    left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def _now(self, client: str) -> tuple[float, float]:
        now = self.clock()
        left, before = self.left.get(client, (self.burst, now))
        return min(self.burst, left + (now - before) * self.per_second), now

    def spent(self, client: str) -> bool:
        """Whether a client has nothing left."""
        return self._now(client)[0] < 1

    def take(self, client: str) -> bool:
        """Spend one; False when there is none left."""
        left, now = self._now(client)
        if client not in self.left and len(self.left) >= CLIENTS_MOST:
            self.left.pop(next(iter(self.left)))
        self.left[client] = (left - 1 if left >= 1 else left, now)
        return left >= 1


@dataclass
class Desk:
    """What one line knows: its workshop, and who asks how often.

    Attributes
    ----------
    notes : per telephone; a whole room behind one address still gets through
    room : for everyone together
    guesses : wrong codes per client; once spent, even the right code is refused for a while
    """

    line: Line
    notes: Limit = field(default_factory=lambda: Limit(burst=20, per_second=1 / 3))
    room: Limit = field(default_factory=lambda: Limit(burst=200, per_second=10))
    guesses: Limit = field(default_factory=lambda: Limit(burst=10, per_second=1 / 30))
    last: float = field(default_factory=time.monotonic)


def nothing() -> Response:
    """The answer to everything that is not the form: no word, no hint."""
    from starlette.responses import Response

    return Response(status_code=404, headers=HEADERS)


def page(
    title: str,
    said: str = "",
    text: str = "",
    wrong: bool = False,
    ask: str = "",
    status: int = 200,
) -> Response:
    """The form, with what has to be said above it.

    Parameters
    ----------
    title : of the workshop
    said : sentence above the form
    text : what stays in the field
    wrong : whether the sentence is a refusal
    ask : what the author must confirm
    """
    from starlette.responses import HTMLResponse

    role, look = ("alert", "refus") if wrong else ("status", "merci")
    shown = f'<p role="{role}" class="{look}">{escape(said)}</p>' if said else ""
    box = ""
    if ask:
        box = (
            '<p class="case"><input type="checkbox" id="sur" name="sur" value="oui" required>'
            f'<label for="sur">Je confirme que ceci ne désigne pas une personne : {escape(ask)}'
            "</label></p>"
        )
    html = (
        PAGE.replace("{style}", STYLE)
        .replace("{most}", str(TEXT_MOST))
        .replace("{said}", shown)
        .replace("{box}", box)
        .replace("{title}", escape(title))
        .replace("{text}", escape(text))
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def application(desk: Desk) -> Starlette:
    """What answers: one path, the code; anything else is nothing."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def form(request: Request) -> Response:
        return await answer(desk, request)

    async def silence(request: Request, error: Exception) -> Response:
        return nothing()

    made = Starlette(
        routes=[Route("/{code}", form, methods=["GET", "POST"])],
        exception_handlers={404: silence, 405: silence, 500: silence},
    )
    made.router.redirect_slashes = False
    return made


async def answer(desk: Desk, request: Request) -> Response:
    """The form for who has the code; one note added for who sends it."""
    from starlette.concurrency import run_in_threadpool

    client = request.client.host if request.client else ""
    expected = f"{desk.line.address}:{desk.line.port}"
    if request.headers.get("host") != expected or request.method == "HEAD":
        return nothing()
    code = str(request.path_params["code"]).upper()
    if desk.guesses.spent(client):
        return nothing()
    try:
        title = await run_in_threadpool(voices.answers_to, desk.line.workshop, code)
    except DeniedError:
        if len(code) == book.CODE_LENGTH:
            desk.guesses.take(client)
            await asyncio.sleep(WRONG_SECONDS)
        return nothing()
    except DataError as error:
        return page("", str(error), wrong=True, status=503)
    if request.method == "GET":
        return page(title, THANKS if "envoye" in request.query_params else "")
    return await receive(desk, request, client, code, title)


async def receive(desk: Desk, request: Request, client: str, code: str, title: str) -> Response:
    """Add the note that was sent, or say why not; the text is never lost."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import RedirectResponse

    try:
        body = await asyncio.wait_for(_body(request), BODY_SECONDS)
    except TimeoutError:
        return nothing()
    if body is None:
        return page(title, TOO_LONG, wrong=True, status=413)
    try:
        sent = parse_qs(body, keep_blank_values=True, max_num_fields=5, errors="replace")
    except ValueError:
        return nothing()
    text = sent.get("note", [""])[0].strip()
    if not desk.notes.take(client) or not desk.room.take(""):
        return page(title, TOO_MANY, text, wrong=True, status=429)
    sure = guard.doubtful([text]) if "sur" in sent else []
    try:
        await run_in_threadpool(voices.receive, desk.line.workshop, code, text, sure)
    except RefusedError as error:
        ask = "" if error.certain else ", ".join(f"« {f.text} »" for f in error.findings)
        return page(title, str(error), text, wrong=True, ask=ask, status=422)
    except DeniedError:
        return nothing()
    except DataError as error:
        return page(title, str(error), text, wrong=True, status=422)
    desk.last = time.monotonic()
    return RedirectResponse(f"/{code}?envoye", status_code=303, headers=HEADERS)


async def _body(request: Request) -> str | None:
    """What was sent, or None when it is too long."""
    read = b""
    async for part in request.stream():
        read += part
        if len(read) > BODY_MOST:
            return None
    return read.decode("utf-8", "replace")


# --- The process --------------------------------------------------------------------------------


def still(desk: Desk) -> bool:
    """Whether the file still names this line; its date is made fresh."""
    found = line.read()
    if found is None or found.token != desk.line.token:
        return False
    try:
        os.utime(line.path())
    except OSError:
        return False
    return True


def needed(desk: Desk) -> bool:
    """Whether the workshop is open, and the room still there."""
    if time.monotonic() - desk.last > IDLE_SECONDS:
        return False
    try:
        return book.get(LOCAL, desk.line.workshop).state == lists.OPEN
    except DataError as error:
        return "inconnu" not in str(error)  # a busy database is no reason to leave the room


async def serve(desk: Desk) -> None:
    """Answer until the line is closed, replaced, forgotten, or its workshop is over."""
    import uvicorn
    from starlette.concurrency import run_in_threadpool

    server = uvicorn.Server(
        uvicorn.Config(
            application(desk),
            host=desk.line.address,
            port=desk.line.port,
            log_level="critical",
            access_log=False,  # who wrote from where is nobody's business
            server_header=False,
            proxy_headers=False,
            limit_concurrency=300,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=16_384,
            ws="none",
            lifespan="off",
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.05)
        if server.started and still(desk):
            desk.line = replace(desk.line, pid=os.getpid())
            line.write(desk.line)
        looked = time.monotonic()
        while not serving.done() and still(desk):
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                if not await run_in_threadpool(needed, desk):
                    line.path().unlink(missing_ok=True)
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        server.should_exit = True
        await serving


def main(token: str) -> None:
    """Serve the line that the file describes, if it is the one that was asked for."""
    found = line.read()
    if found is not None and found.token == token:
        asyncio.run(serve(Desk(found)))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
