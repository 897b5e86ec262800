"""The local layer: what this machine puts over the shipped data, which are never written.

It lies in the user's own folder (``OLS_DATA_DIR``), under ``local/``: zonings that were adopted
(``decoupages/``), official limits (``contours/``), figures (``indicateurs/``). One small file,
``etat.json``, says what is in force; it is replaced whole, so that what is read is either the
layer before a change or the layer after it.

Whatever depends on facts, zonings, cards or limits is ``remembered``, not cached for good:
``refresh``, called at the start of each run, forgets it when the layer has changed, whichever
process changed it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from olsdata.local.zonings import adopt as adopt
    from olsdata.local.zonings import back as back
    from olsdata.local.zonings import checked as checked
    from olsdata.local.zonings import history as history
    from olsdata.local.zonings import in_force as in_force
    from olsdata.local.zonings import restore as restore

P = ParamSpec("P")
R = TypeVar("R")

STATE, LOCK = "etat.json", "verrou"
WAIT_SECONDS = 60
"""How long a change waits for the change of another process."""

_LAZY = dict.fromkeys(
    ("adopt", "back", "checked", "history", "in_force", "restore"), "olsdata.local.zonings"
)


def folder() -> Path:
    """Folder of the local layer; it may not exist."""
    from olsdata import store

    return store.folder() / "local"


# --- What is in force ---------------------------------------------------------------------------


@dataclass
class State:
    """What is in force.

    Attributes
    ----------
    version : eight digits of the sha256 of everything in force; "" when the layer is empty
    decoupages : per zoning file ("ols", "bassins"), the versions adopted, the last one in force;
        empty = the shipped one
    limites : the limits in force; "" = the shipped ones
    indicateurs : per card of the layer, the name of its files
    """

    version: str = ""
    decoupages: dict[str, list[str]] = field(default_factory=dict)
    limites: str = ""
    indicateurs: dict[str, str] = field(default_factory=dict)

    def zoning(self, name: str) -> str:
        """Version in force of a zoning file, "" for the shipped one."""
        return (self.decoupages.get(name) or [""])[-1]


def state() -> State:
    """The state on disk.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    return _read(folder() / STATE)


def _read(path: Path) -> State:
    from olsdata.tables import DataError

    try:
        return State(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"Données locales : {path} est illisible ({error}). Déplacez ce fichier pour revenir "
            "aux données livrées."
        ) from None


_last: tuple[object, str] = (None, "")


def fingerprint() -> str:
    """Eight digits that change with the layer, "" when it is empty; costs one ``stat``."""
    global _last
    path = folder() / STATE
    try:
        about = path.stat()
    except OSError:
        return ""
    mark = (str(path), about.st_mtime_ns, about.st_size, about.st_ino)
    if _last[0] != mark:
        _last = (mark, _read(path).version)
    return _last[1]


@contextmanager
def writing() -> Iterator[State]:
    """Change the layer: one process at a time; what the block leaves in the state is in force.

    The version is computed again at the end, from the files in force, and remembered results
    are forgotten. If the block fails, the state stays as it was.

    Raises
    ------
    DataError
        If the folder cannot be written, or another change lasts too long.
    """
    from filelock import FileLock, Timeout

    from olsdata.tables import DataError

    here = folder()
    try:
        here.mkdir(parents=True, exist_ok=True)
        with FileLock(here / LOCK, timeout=WAIT_SECONDS):
            before, changed = state(), state()
            yield changed
            changed.version = _version(changed)
            replace(here / STATE, json.dumps(asdict(changed), indent=1).encode())
            _prune(before, changed)
    except Timeout:
        raise DataError(
            "Données locales : une autre modification est en cours ; réessayez."
        ) from None
    except OSError as error:
        raise DataError(
            f"Données locales : le dossier {here} ne peut pas être écrit "
            f"({error.strerror or error}). Rien n’a été changé."
        ) from None
    refresh()


def _prune(before: State, after: State) -> None:
    """Take old geometry away; a version that cannot be read any more leaves everything there."""
    from olsdata.local import shapes
    from olsdata.tables import DataError

    with suppress(DataError):
        shapes.prune(before, after)


def _version(current: State) -> str:
    """Fingerprint of what is in force."""
    digest, found = hashlib.sha256(), False
    named = [
        f"decoupages/{v}" for name in sorted(current.decoupages) if (v := current.zoning(name))
    ]
    named += [f"indicateurs/{stem}" for _, stem in sorted(current.indicateurs.items())]
    for stem in [*named, *([f"contours/{current.limites}"] if current.limites else [])]:
        # The names of versions hold the hash of their content.
        digest.update(stem.encode())
        found = True
    return digest.hexdigest()[:8] if found else ""


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


# --- What is remembered -------------------------------------------------------------------------

_guard = threading.Lock()
_forget: list[Callable[[], None]] = []
_seen = ""
_generation = 0


def remembered(maxsize: int | None = 128) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """``functools.lru_cache`` for what depends on the data: ``refresh`` can forget it.

    A result that was being computed while the layer changed is kept for that generation only.

    Examples
    --------
    >>> @remembered(maxsize=4)
    ... def double(number):
    ...     return 2 * number
    >>> double(21), double.cache_info().currsize
    (42, 1)
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.lru_cache(maxsize=maxsize)
        def kept(generation: int, /, *args: Any, **kwargs: Any) -> R:
            return function(*args, **kwargs)

        found: Callable[..., R] = kept

        @functools.wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            return found(_generation, *args, **kwargs)

        vars(asked).update(cache_clear=kept.cache_clear, cache_info=kept.cache_info)
        _forget.append(kept.cache_clear)
        return asked

    return decorate


def refresh() -> bool:
    """Forget remembered results if the layer changed since the last call; say whether it did."""
    global _seen, _generation
    now = fingerprint()
    if now == _seen:
        return False
    with _guard:
        if now != _seen:
            _generation += 1
            for forget in _forget:
                forget()
            _seen = now
    return True


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
