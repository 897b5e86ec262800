"""What stands before the pages: this computer alone, or a sign-in and a role."""

from __future__ import annotations

import logging
from html import escape
from ipaddress import ip_address

import streamlit as st

from olsdata.notes import roles
from olsdata.tables import DataError
from olsdata.ui import acting, sentences, theme, who

_LOG = logging.getLogger(__name__)


def on_this_machine(address: str | None) -> bool:
    """Whether a server at that address answers this computer alone; no address is every one.

    >>> on_this_machine("localhost"), on_this_machine("0.0.0.0"), on_this_machine(None)
    (True, False, False)
    """
    try:
        return address == "localhost" or ip_address(address or "0.0.0.0").is_loopback
    except ValueError:
        return False


def closed() -> str:
    """Why no page may open, as the name of what is shown instead; "" when pages may open."""
    try:
        who.settle()
        if who.mode() == who.LOCAL:
            # Without a sign-in, whoever reaches the address has every right.
            return "" if on_this_machine(st.get_option("server.address")) else "mode_local"
        if not who.claims():
            return "connexion"
        return "sans_acces" if who.actor() == roles.NOBODY else ""
    except DataError as error:
        _LOG.critical("identification : %s", error)
        return "reglage"


def show(name: str) -> None:
    """What is shown instead of a page."""
    theme.apply()
    if name == "mode_local":
        _LOG.critical("mode local sur une autre adresse que localhost")
        st.error(sentences.text(name), icon=":material/lock:")
        return
    with st.container(border=True, key="panneau-porte"):
        {"connexion": _sign_in, "sans_acces": _without, "reglage": _wrong}[name]()


def sign_out() -> None:
    """The button that ends the visit."""
    st.button("Se déconnecter", icon=":material/logout:", on_click=st.logout, key="deconnexion")


def _sign_in() -> None:
    st.title("Territoires OLS", anchor=False)
    _said("porte_connexion")
    st.button("Se connecter", type="primary", icon=":material/login:", on_click=st.login)


def _without() -> None:
    st.title("Accès manquant", anchor=False)
    said = who.claims()
    name = str(said.get("email") or said.get("sub") or "")
    verified = str(said.get("email_verified", True)).casefold() != "false"
    _said(
        "porte_sans_acces" if verified else "porte_non_verifiee",
        nom=escape(name[:100]),
        contact=escape(roles.table().contact),
    )
    sign_out()


def _wrong() -> None:
    st.title("Le tableau de bord n’est pas ouvert", anchor=False)
    try:
        who.settle()
    except DataError as error:
        acting.alert(str(error).splitlines())
    _said("porte_reglage")


def _said(name: str, **values: str) -> None:
    st.html(f'<p class="phrase">{sentences.text(name).format(**values)}</p>')
