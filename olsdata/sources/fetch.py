"""One file from the network: time limits, retries with back-off, a size limit, a checksum."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from olsdata.tables import DataError


@dataclass(frozen=True)
class Limits:
    """How long to wait, how often to try again, how much to take.

    Attributes
    ----------
    connect, read, total : seconds to reach the service, between two pieces, for one attempt
    attempts : attempts in all; the pause doubles from one to the next
    pause : seconds before the second attempt
    most_bytes : size from which an answer is refused
    """

    connect: float = 10
    read: float = 20
    total: float = 60
    attempts: int = 3
    pause: float = 1
    most_bytes: int = 5_000_000


@dataclass(frozen=True)
class Received:
    """A file and where it comes from: address or file name, moment (UTC), sha256."""

    data: bytes = field(repr=False)
    origin: str
    moment: str
    sha256: str


class _PassingError(DataError):
    """Worth another attempt."""


class UnreachableError(_PassingError):
    """The service does not answer at all: no use asking it for something else."""


def received(data: bytes, origin: str) -> Received:
    """What came in, with its checksum and the moment."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return Received(data, origin, moment, hashlib.sha256(data).hexdigest())


def get(url: str, limits: Limits | None = None) -> Received:
    """The content at an address.

    Redirections are not followed, and nothing compressed is taken: the size that is counted is
    the size that is kept.

    Raises
    ------
    DataError
        If the service cannot be reached, refuses, is too slow, or answers too much or not to the
        end; says which, and nothing of the answer is kept.
    """
    import httpx
    import tenacity

    limits = limits or Limits()
    _refuse_unsafe(url)
    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    headers = {"Accept": "text/csv", "Accept-Encoding": "identity"}
    again = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(limits.attempts),
        wait=tenacity.wait_exponential(multiplier=limits.pause),
        retry=tenacity.retry_if_exception_type(_PassingError),
        reraise=True,
    )
    with httpx.Client(timeout=timeout, headers=headers) as client:
        return received(again(_once, client, url, limits), url)


def _refuse_unsafe(url: str) -> None:
    """Only https, or this machine itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        here = host == "localhost" or (host[:1].isdigit() and ip_address(host).is_loopback)
    except ValueError:
        raise DataError(f"Adresse illisible : « {url[:200]} ».") from None
    if not (parts.scheme == "https" and host) and not (parts.scheme == "http" and here):
        raise DataError(f"Adresse refusée (il faut https) : « {url[:200]} ».")


def _once(client: object, url: str, limits: Limits) -> bytes:
    import httpx

    assert isinstance(client, httpx.Client)
    host = urlsplit(url).hostname
    deadline = time.monotonic() + limits.total
    try:
        with client.stream("GET", url) as answer:
            _refuse_status(answer.status_code, url)
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise DataError(f"{host} : réponse compressée sans qu’on l’ait demandé ; refusée.")
            announced = answer.headers.get("content-length", "")
            if announced.isdigit():
                _refuse_large(int(announced), host, limits)
            pieces, size = [], 0
            for piece in answer.iter_raw():
                size += len(piece)
                _refuse_large(size, host, limits)
                if time.monotonic() > deadline:
                    raise _PassingError(f"{host} : trop lent, abandonné après {limits.total:g} s.")
                pieces.append(piece)
    except httpx.TimeoutException:
        raise UnreachableError(f"{host} : pas de réponse à temps.") from None
    except httpx.RemoteProtocolError:
        raise _PassingError(f"{host} : réponse interrompue avant la fin.") from None
    except httpx.TransportError:
        raise UnreachableError(
            f"{host} : service injoignable. Vérifiez la connexion à internet, ou donnez un fichier "
            "téléchargé à la main."
        ) from None
    return b"".join(pieces)


def _refuse_status(status: int, url: str) -> None:
    if status == 200:
        return
    what = {404: "inconnu du service", 403: "accès refusé", 429: "trop de demandes"}
    said = what.get(status, "le service est en panne" if status >= 500 else "réponse inattendue")
    kind = _PassingError if status >= 500 or status == 429 else DataError
    raise kind(f"{url} : {said} (réponse {status}).")


def _refuse_large(size: int, host: str | None, limits: Limits) -> None:
    if size > limits.most_bytes:
        raise DataError(
            f"{host} : réponse de plus de {limits.most_bytes / 1e6:g} Mo, refusée ; ce fichier "
            "n’en fait jamais autant."
        )
