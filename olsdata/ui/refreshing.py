"""« Actualiser »: ask WalStat or read a downloaded file, see what changes, keep it or not."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from olsdata import catalogue, words
from olsdata import tables as facts
from olsdata.exports import workbook
from olsdata.local.indicators import OWN
from olsdata.sources import statbel, update, walstat
from olsdata.sources.incoming import Difference
from olsdata.sources.update import Plan
from olsdata.ui import acting, cards, sentences, tables, who

_PLAN = "_maj"
MEGABYTE = 1_000_000
OLD_DAYS = 200
"""WalStat is refreshed twice a year: beyond this, a figure is worth asking again."""


def panels() -> None:
    """The whole part: ask, read a file, what would change, how old each source is."""
    left, right = st.columns(2)
    with left, st.container(border=True, key="panneau-actualiser-demander", height="stretch"):
        _ask()
    with right, st.container(border=True, key="panneau-actualiser-fichier", height="stretch"):
        _file()
    plan: Plan | None = st.session_state.get(_PLAN)
    if plan is not None:
        with st.container(border=True, key="panneau-actualiser-changements"):
            _changes(plan)
    with st.container(border=True, key="panneau-actualiser-ages"):
        _ages()
    with st.container(border=True, key="panneau-actualiser-sources"):
        _vintages()


def _ask() -> None:
    st.subheader("Demander à l’IWEPS", anchor=False)
    count = len(walstat.series())
    cards.sentence(
        f"<b>{count} fiches</b> de WalStat : BIM, RIS, espérance de vie, mineurs sans revenu du "
        "travail, indice de vieillissement."
    )
    if st.button("Demander les derniers chiffres", icon=":material/cloud_download:"):
        bar = st.progress(0.0, "Connexion à l’IWEPS…")

        def step(done: int, total: int, title: str) -> None:
            bar.progress(done / total, f"{done + 1} sur {total} : {acting.literal(title)}")

        st.session_state[_PLAN] = update.ask(progress=step)
        bar.empty()
    cards.source(sentences.text("actualiser"))


def _file() -> None:
    st.subheader("Lire un fichier téléchargé", anchor=False)
    given = st.file_uploader(
        "Fichier de WalStat ou de Statbel",
        type=["csv", "txt", "zip", "xlsx"],
        key=f"maj-fichier-{acting.turn()}",
        max_upload_size=statbel.LIMITS.most_bytes // MEGABYTE,
    )
    if given is not None:
        titles = {"": "celle que dit le nom du fichier"}
        titles |= {id_: catalogue.card(id_).title for id_ in walstat.series()}
        card = st.selectbox(
            "Fiche", list(titles), format_func=titles.__getitem__, key=f"maj-fiche-{acting.turn()}"
        )
        if st.button("Lire ce fichier", type="primary"):
            acting.attempt(lambda: _open(given.getvalue(), given.name, card), "Fichier lu.", False)
    cards.source(sentences.text("actualiser_fichier").replace("`", ""))


def _open(data: bytes, name: str, card: str) -> None:
    st.session_state[_PLAN] = update.opened(data, name, card)


def _changes(plan: Plan) -> None:
    """What would change, card by card, and the two answers."""
    st.subheader("Ce qui changerait", anchor=False)
    if plan.faults:
        acting.alert(["Ce qui n’a pas été reçu ne change rien.", *plan.faults])
    if plan.ready:
        lines = "".join(_line(one) for one in plan.differences)
        heads = ["Fiche", "Période", "Nouvelles", "Bougent de plus de 20 %", "Disparues", "Stables"]
        tables.show("Nombre de communes, par fiche", heads, lines, (2, 3, 4, 5))
        for one in plan.differences:
            _detail(one)
    with st.container(horizontal=True):
        if plan.ready and st.button("Garder ces chiffres", type="primary"):
            acting.attempt(lambda: _keep(plan), "Chiffres gardés : les pages les montrent.")
        if st.button("Ne rien changer" if plan.ready else "Fermer"):
            st.session_state.pop(_PLAN, None)
            acting.finish("Rien n’a été changé.")


def _line(one: Difference) -> str:
    period = one.after if one.before in ("", one.after) else f"{one.before} → {one.after}"
    counts = (len(one.new), len(one.changed), len(one.vanished), one.same)
    cells = "".join(f'<td class="nombre">{words.number(n)}</td>' for n in counts)
    return f'<tr><th scope="row">{escape(one.title)}</th><td>{escape(period)}</td>{cells}</tr>'


def _detail(one: Difference) -> None:
    """Communes that move or vanish, and what the file says of itself."""
    names = facts.load().communes["nom"]
    items = [
        f"{names[code]} : {words.number(float(row['avant']), one.decimals)} → "
        f"{words.quantity(float(row['apres']), one.unit, one.decimals)}"
        for code, row in one.changed.iterrows()
    ]
    items += [f"{names[code]} : plus de valeur" for code in one.vanished]
    items += list(one.said)
    if items:
        inside = "".join(f"<li>{escape(words.spaced(item))}</li>" for item in items)
        st.html(
            f'<details class="manque"><summary>{escape(one.title)} : '
            f"{words.plural(len(items), 'remarque')}</summary><ul>{inside}</ul></details>"
        )


def _keep(plan: Plan) -> None:
    update.keep(plan, who.actor())
    st.session_state.pop(_PLAN, None)


def _ages() -> None:
    """How old each figure of the layer is, and the way back."""
    st.subheader("Âge des chiffres actualisés ici", anchor=False)
    found = [age for age in update.ages() if age.origin != OWN]
    if not found:
        cards.sentence(
            "<b>Aucun chiffre n’a été actualisé ici</b> : ceux qui sont montrés sont livrés avec "
            "le tableau de bord."
        )
        return
    lines = "".join(
        f'<tr><th scope="row">{escape(age.title)}</th><td>{escape(age.publisher)}</td>'
        f"<td>{escape(age.period)}</td><td>{words.day(age.received)}</td>"
        f'<td class="nombre">{words.plural(age.days, "jour")}</td>'
        f"<td>{'à redemander' if age.days > OLD_DAYS else ''}</td></tr>"
        for age in found
    )
    heads = ["Fiche", "Éditeur", "Période", "Reçu le", "Il y a", "Remarque"]
    tables.show("Fiches de la couche locale", heads, lines, (4,))
    titles = {age.id: age.title for age in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        about = workbook.of_cards(
            [age.id for age in found if age.id in catalogue.cards()], "Âge des chiffres actualisés"
        )
        cards.download(_frame(found), "chiffres-actualises", about)
        gone = st.multiselect(
            "Revenir aux chiffres livrés",
            list(titles),
            format_func=titles.__getitem__,
            placeholder="Fiches à retirer",
            key=f"maj-retirer-{acting.turn()}",
        )
        if st.button("Retirer", disabled=not gone):
            acting.attempt(
                lambda: update.withdraw(gone, who.actor()),
                f"{words.plural(len(gone), 'fiche retirée', 'fiches retirées')}.",
            )


def _vintages() -> None:
    """How old each source is, refreshed here or shipped."""
    st.subheader("Âge de chaque source", anchor=False)
    found = update.vintages()
    lines = "".join(
        f'<tr><th scope="row">{escape(one.publisher)}</th><td>{escape(one.dataset)}</td>'
        f'<td>{escape(one.period)}</td><td class="nombre">'
        f"{words.plural(one.years, 'an') if one.years else 'cette année'}</td>"
        f'<td class="nombre">{words.number(one.cards)}</td></tr>'
        for one in found
    )
    heads = ["Éditeur", "Jeu de données", "Période", "Il y a", "Fiches"]
    tables.show("Sources des chiffres montrés", heads, lines, (3, 4), tall=True)
    columns = {"publisher": "editeur", "dataset": "jeu_de_donnees", "period": "periode"}
    columns |= {"years": "ans", "cards": "fiches"}
    frame = pd.DataFrame([vars(one) for one in found]).rename(columns=columns)
    about = workbook.of_cards(list(catalogue.available()), "Âge de chaque source")
    cards.download(frame.set_index("editeur"), "age-des-sources", about)


def _frame(found: list[update.Age]) -> pd.DataFrame:
    columns = ["fiche", "editeur", "periode", "recu", "jours"]
    rows = [(a.title, a.publisher, a.period, a.received, a.days) for a in found]
    return pd.DataFrame(rows, columns=columns, index=[a.id for a in found]).rename_axis("id")
