"""What surrounds every page: menu, address, style, sidebar, shared screen, messages."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from olsdata import local, tables
from olsdata.tables import DataError
from olsdata.territory import WALLONIE
from olsdata.ui import acting, gate, menu, state, theme, who
from olsdata.ui.state import NAMES, View

NAME = "Territoires OLS"
TEXTS = Path(__file__).with_name("textes")

TERRITORY_ONLY = {
    "accueil",
    "structures",
    "coherence",
    "registre",
    "notes",
    "besoins",
    "comparer",
    "remontees",
    "trajectoire",
    "reperes",
    "glossaire",
    "atelier",
    "bassins",
    "donnees",
}
"""Pages that show no indicator of the catalogue: of the view, they use the territory alone."""


LEVEL_TOO = {"universalisme"}
"""Pages that also use the level, but no indicator, and put choices of their own in the sidebar."""


def run() -> None:
    """Draw the shell and run the page inside it."""
    closed = gate.closed()
    page = st.navigation(menu.pages(), position="hidden" if closed else "top")
    if closed:
        gate.show(closed)
        return
    st.session_state[state.MARK] = True
    try:
        local.refresh()
        view = state.read()
        st.set_page_config(page_title=_tab(page.title, view))
        theme.apply(view.shared, menu.section(page.title))
        if view.shared:
            _shared_bar()
        else:
            _sidebar(view, page.url_path)
        for notice in state.notices():
            st.warning(acting.literal(notice), icon=":material/link_off:")
        page.run()
    except DataError as error:
        theme.apply()
        st.error(acting.literal(str(error)), icon=":material/error:")
    except Exception:
        logging.getLogger(__name__).exception("page %s", page.title)
        st.error((TEXTS / "erreur.md").read_text("utf-8"), icon=":material/error:")
    finally:
        st.session_state.pop(state.MARK, None)
        st.session_state.pop(state.SIDE, None)


def _tab(page: str, view: View) -> str:
    """What the browser's tab says: the page, the territory, then the dashboard."""
    where = [] if view.territory == WALLONIE else [view.zone.title]
    said = [] if page == NAME else [page, *where]
    return " · ".join([*said, NAME])


def _sidebar(view: View, page: str) -> None:
    """Widgets of the view (those of the indicator where there is one), the link, the footer."""
    st.logo("static/icone.svg", size="large")  # in the sidebar, style.css shows the whole logo
    known = state.options(view)
    with st.sidebar:
        st.selectbox(
            "Territoire",
            list(known["territory"]),
            format_func=known["territory"].__getitem__,
            key=NAMES["territory"],
        )
        if page not in TERRITORY_ONLY:
            _level(known)
        if page in LEVEL_TOO:
            st.session_state[state.SIDE] = st.container(key="volet-page")
        elif page not in TERRITORY_ONLY:
            _of_indicator(view, known)
        st.divider()
        st.toggle("Écran partagé", key=NAMES["shared"])
        _copy_link()
        with st.container(key="pied"):
            shipped, _, layer = tables.load().version.partition("~")
            added = " et données locales" if layer else ""
            st.caption(
                f":material/lock: {_mode()}  \n"
                f":material/database: Données, version {shipped.rpartition('-')[0]}{added}"
            )
            if who.signed_in():
                gate.sign_out()


def _mode() -> str:
    """Who may read this, in a line."""
    if not who.signed_in():
        return "Mode local, hors ligne"
    return f"Connecté : {acting.literal(who.title(who.actor()))}"


def _level(known: dict[str, dict[str, str]]) -> None:
    """Which zones of the territory are shown."""
    st.segmented_control(
        "Niveau de lecture",
        list(known["level"]),
        format_func=known["level"].__getitem__,
        key=NAMES["level"],
        required=True,
        width="stretch",
        wrap=False,
    )


def _of_indicator(view: View, known: dict[str, dict[str, str]]) -> None:
    """What is shown of these zones: indicator, reference."""
    st.selectbox(
        "Indicateur de la carte",
        list(known["indicator"]),
        format_func=known["indicator"].__getitem__,
        key=NAMES["indicator"],
        help=acting.literal(view.card.help),
    )
    st.selectbox(
        "Comparer avec",
        list(known["reference"]),
        format_func=known["reference"].__getitem__,
        key=NAMES["reference"],
    )


def _shared_bar() -> None:
    """The way back from the shared screen, in place of the sidebar."""
    with st.container(horizontal=True, horizontal_alignment="right", key="partage"):
        _copy_link()
        st.button(
            "Quitter l’écran partagé",
            icon=":material/close_fullscreen:",
            on_click=state.ask,
            kwargs={"shared": False},
        )


def _copy_link() -> None:
    """A button that copies the page's address and says so."""
    st.html(TEXTS.parent / "copier.html", unsafe_allow_javascript=True, width="content")
