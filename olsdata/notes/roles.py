"""Who is who on a server with a sign-in: a table of persons, roles and OLS, kept in a TOML file.

Whoever is not in the table has no right at all. The file is read again when it changes::

    contact = "coordination de l’OLS 05, 081 00 00 00"

    [[personne]]
    courriel = "anne@exemple.be"
    role = "facilitateur"
    ols = "05"
"""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from olsdata import store
from olsdata.notes import places
from olsdata.notes.actors import ROLES, Actor
from olsdata.tables import DataError

NAME = "roles.toml"
PERSON = "personne"
GIVEN = tuple(role for role in ROLES if role != "local")
"""Roles that a table may give; « local » is for a machine without a sign-in."""

WITHOUT_OLS = frozenset({"iwpl"})
CONTACT = "la personne qui gère ce serveur"
NOBODY = Actor("")
"""Someone whom the table does not know: no right."""


@dataclass(frozen=True)
class Table:
    """Persons by what the sign-in says of them.

    Attributes
    ----------
    contact : whom to ask for an access, in words
    mails : e-mail address in small letters → actor
    subjects : stable identifier given by the provider (« sub ») → actor
    """

    contact: str
    mails: dict[str, Actor]
    subjects: dict[str, Actor]


def file() -> Path:
    """The table's file, beside what the field writes; it may not exist."""
    return store.folder() / NAME


def table() -> Table:
    """The table as it stands.

    Raises
    ------
    DataError
        If the file is missing or one of its rows is wrong; no address is in the message.
    """
    path = file()
    try:
        about = path.stat()
        return _table(path, about.st_mtime_ns, about.st_size)
    except OSError:
        raise DataError(f"La table des rôles manque, ou ne se lit pas : « {NAME} ».") from None


@lru_cache(maxsize=4)
def _table(path: Path, changed: int, size: int) -> Table:
    try:
        whole = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise DataError(f"{NAME} n’est pas un fichier TOML lisible.") from None
    strange = [key for key in whole if key not in ("contact", PERSON)]
    if strange:
        raise DataError(f"{NAME} : « {strange[0][:40]} » inconnu.")
    persons, contact = whole.get(PERSON, []), whole.get("contact", CONTACT)
    if not isinstance(contact, str) or not isinstance(persons, list):
        raise DataError(f"{NAME} : une ligne « contact » et des tables [[{PERSON}]].")
    found = Table(contact.strip() or CONTACT, {}, {})
    faults: list[str] = []
    for number, row in enumerate(persons, 1):
        try:
            _add(found, row)
        except DataError as error:
            faults.append(f"{NAME}, personne {number} : {error}")
    if faults:
        raise DataError("\n".join(faults))
    return found


def _add(found: Table, row: Any) -> None:
    """Put one person in the table."""
    fields = ("courriel", "sujet", "role", "ols")
    if not isinstance(row, dict) or not all(isinstance(v, str) for v in row.values()):
        raise DataError("des textes entre guillemets sont attendus.")
    if strange := [key for key in row if key not in fields]:
        raise DataError(f"« {strange[0][:40]} » inconnu ; {', '.join(fields)}.")
    mail, subject, role, ols = (row.get(name, "").strip() for name in fields)
    if bool(mail) == bool(subject):
        raise DataError("un courriel, ou un sujet, et pas les deux.")
    if mail and not re.fullmatch(r"[^@\s]+@[^@\s]+", mail):
        raise DataError("courriel mal écrit.")
    if role not in GIVEN:
        raise DataError(f"rôle « {role[:40]} » inconnu ; {', '.join(GIVEN)}.")
    if role in WITHOUT_OLS and ols:
        raise DataError(f"le rôle « {role} » n’a pas d’OLS.")
    if role not in WITHOUT_OLS and ols not in places.all_ols():
        raise DataError(f"OLS « {ols[:20]} » inconnue.")
    known, key = (found.mails, mail.casefold()) if mail else (found.subjects, subject)
    if key in known:
        raise DataError("déjà dans la table ; une personne a un seul rôle.")
    known[key] = Actor(role, ols)


def actor(claims: Mapping[str, Any], secret: str) -> Actor:
    """The actor that a sign-in names; ``NOBODY`` when the table does not know them.

    Parameters
    ----------
    claims : what the provider says: sub, iss, email, email_verified
    secret : makes the mark of the person unreadable for others

    Raises
    ------
    DataError
        If the table is wrong.
    """
    known = table()
    subject = str(claims.get("sub") or "")
    # An address that the provider has not checked may be anybody's.
    checked = str(claims.get("email_verified", True)).casefold() != "false"
    mail = str(claims.get("email") or "").casefold() if checked else ""
    found = known.subjects.get(subject) if subject else None
    found = found or (known.mails.get(mail) if mail else None)
    if found is None or not subject:
        return NOBODY
    said = f"{claims.get('iss') or ''} {subject}"
    mark = hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()[:32]
    return Actor(found.role, found.ols, mark)
