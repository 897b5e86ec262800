"""Who acts: on every page, the actor that the functions of the store take.

Two modes. « local »: one machine, no sign-in, every right. « oidc »: whoever signs in has the
rights that the table of roles gives (``notes.roles``), and nobody else has any. The second is in
force as soon as Streamlit's secrets have an ``[auth]`` section; ``OLS_MODE=oidc`` refuses to open
without one, so that secrets that were lost do not give every right to whoever comes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from olsdata.notes import actors, demo, places, roles
from olsdata.notes.actors import Actor
from olsdata.tables import DataError

LOCAL, OIDC = "local", "oidc"
VARIABLE, SECTION = "OLS_MODE", "auth"
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_HERE = "_qui"
SECRET_LEAST = 32
"""Characters of ``cookie_secret``: who guesses it signs in as anyone."""


def settings() -> Mapping[str, Any]:
    """The ``[auth]`` section of the secrets; empty when there is none.

    Raises
    ------
    DataError
        If there are secrets that cannot be read: what they held is not known.
    """
    if st.secrets.load_if_toml_exists():
        section = st.secrets.get(SECTION, {})
        return section if isinstance(section, Mapping) else {}
    if any(Path(name).exists() for name in st.get_option("secrets.files")):
        raise DataError("Le fichier des secrets ne se lit pas (secrets.toml).")
    return {}


def mode() -> str:
    """« local » or « oidc ».

    Raises
    ------
    DataError
        If the sign-in was asked for and its settings are missing.
    """
    asked = os.environ.get(VARIABLE, "").strip()
    if asked not in ("", OIDC):
        raise DataError(f"{VARIABLE} : « {asked[:20]} » inconnu. Une valeur possible : {OIDC}.")
    given = settings()
    if not given and not asked:
        return LOCAL
    missing = [name for name in NEEDED if not str(given.get(name, "")).strip()]
    if missing:
        raise DataError(f"Identification : il manque {', '.join(missing)} dans [{SECTION}].")
    if len(str(given["cookie_secret"])) < SECRET_LEAST:
        raise DataError(f"Identification : cookie_secret a moins de {SECRET_LEAST} caractères.")
    return OIDC


def claims() -> dict[str, Any]:
    """What the sign-in says of the visitor; empty when nobody signed in."""
    user = st.user.to_dict()
    return dict(user) if user.get("is_logged_in") else {}


def settle() -> None:
    """Find out who is here, once per run: a page asks many times.

    Raises
    ------
    DataError
        If the settings of the sign-in or the table of roles are wrong; nobody is then here.
    """
    st.session_state[_HERE] = roles.NOBODY
    st.session_state[_HERE] = _actor()


def _actor() -> Actor:
    if mode() == LOCAL:
        return actors.LOCAL
    said = claims()
    return roles.actor(said, str(settings()["cookie_secret"])) if said else roles.NOBODY


def actor() -> Actor:
    """Who reads and writes here and now.

    In the fictional example everyone may do everything, each with drafts of their own.

    Raises
    ------
    DataError
        If the settings of the sign-in or the table of roles are wrong.
    """
    found: Actor = st.session_state.get(_HERE) or _actor()
    known = found.role in actors.ROLES
    return Actor("local", who=found.who) if known and demo.is_open() else found


def signed_in() -> bool:
    """Whether the visitor came through a sign-in."""
    return actor().role != "local"


def may(action: str) -> bool:
    """Whether whoever is here may do something at all."""
    return actors.may(actor(), action)


def title(found: Actor) -> str:
    """A role and its OLS, in words.

    >>> title(Actor("facilitateur", "05"))
    'Facilitateur ou facilitatrice, OLS Namur-Ouest'
    """
    place = places.known().get(found.ols)
    role = actors.ROLES.get(found.role, "Sans accès")
    return f"{role}, {place.title}" if place else role
