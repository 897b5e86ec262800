"""« Mes indicateurs »: a file of the field becomes an indicator, with its card; and out again."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata import catalogue, words
from olsdata.local.indicators import Kept
from olsdata.own import indicator, reading
from olsdata.own.indicator import MEAN, RATIO, SUM, Form
from olsdata.own.reading import SECTOR, Sheet
from olsdata.sources import files
from olsdata.tables import DataError
from olsdata.ui import acting, cards, sentences, tables, who

POLARITY = {
    "haut": "Une valeur haute indique un besoin plus grand",
    "bas": "Une valeur basse indique un besoin plus grand",
    "neutre": "Sans direction",
}
MEGABYTE = 1_000_000


def panels() -> None:
    """The whole part: the file and its card, then the indicators that are there."""
    with st.container(border=True, key="panneau-indicateur-ajouter"):
        _new()
    with st.container(border=True, key="panneau-indicateur-liste"):
        _list()


def _new() -> None:
    st.subheader("Ajouter un indicateur", anchor=False)
    cards.source(sentences.text("indicateur_aide"))
    given = st.file_uploader(
        "Fichier de l’indicateur",
        type=["csv", "txt", "xlsx"],
        key=f"indicateur-fichier-{acting.turn()}",
        max_upload_size=files.MOST_BYTES // MEGABYTE,
    )
    if given is None:
        return
    data = given.getvalue()
    try:
        sheet = reading.read(data, given.name)
    except DataError as error:
        acting.alert(str(error).splitlines())
        return
    what = "secteurs" if sheet.grain == SECTOR else "communes"
    cards.sentence(
        f"<b>{words.number(len(sheet.codes))} {what}</b>, lues dans la colonne "
        f"« {escape(sheet.place)} »."
    )
    first, *others = sheet.table.sheets or ("",)
    if others:
        left = words.listing([f"« {name} »" for name in others], most=5)
        cards.source(f"Feuille lue : « {escape(first)} ». Pas lues : {escape(left)}.")
    form = _form(sheet)
    ready = _checked(data, given.name, form)
    if st.button("Ajouter cet indicateur", type="primary", disabled=ready is None) and ready:
        acting.attempt(
            lambda: indicator.add(who.actor(), ready),
            f"« {form.title} » est ajouté : il se choisit sur toutes les pages, marqué "
            "« donnée locale ».",
        )


def _checked(data: bytes, name: str, form: Form) -> indicator.Prepared | None:
    """What would be kept, or what is wrong; quiet until the card is begun."""
    if not any((form.title, form.source, form.year, form.unit)):
        cards.source("Titre, source, année et unité sont à remplir.")
        return None
    try:
        ready = indicator.prepared(data, name, form)
    except DataError as error:
        st.html('<p class="source" role="status">Rien n’est encore gardé :</p>')
        acting.alert(str(error).splitlines())
        return None
    st.html(f'<p class="phrase" role="status">{escape(words.spaced(ready.sentence))}</p>')
    return ready


def _form(sheet: Sheet) -> Form:
    """The card, filled by the reader."""
    key = f"indicateur-{acting.turn()}"
    numbers = reading.numeric(sheet) or list(sheet.columns)
    left, right = st.columns(2)
    with left:
        title = st.text_input("Titre", max_chars=indicator.TITLE_MOST, key=f"{key}-titre")
        source = st.text_input(
            "Source",
            max_chars=indicator.TEXT_MOST,
            key=f"{key}-source",
            placeholder="CPAS de Namur, service social",
        )
        year_, unit_ = st.columns(2)
        year = year_.text_input("Année", max_chars=9, key=f"{key}-annee", placeholder="2025")
        unit = unit_.text_input(
            "Unité", max_chars=indicator.UNIT_MOST, key=f"{key}-unite", placeholder="%, personnes…"
        )
        polarity = st.selectbox(
            "Sens pour le besoin",
            list(POLARITY),
            index=None,
            format_func=POLARITY.__getitem__,
            placeholder="À choisir",
            key=f"{key}-sens",
        )
        block = st.selectbox(
            "Bloc du profil",
            list(catalogue.BLOCKS),
            index=1,
            format_func=str.capitalize,
            key=f"{key}-bloc",
        )
    with right:
        rule = st.selectbox(
            "Comment il s’agrège",
            list(indicator.AGGREGATIONS),
            index=None,
            format_func=indicator.AGGREGATIONS.__getitem__,
            placeholder="À choisir",
            key=f"{key}-regle",
        )
        column = st.selectbox(
            "Colonne du numérateur" if rule == RATIO else "Colonne des valeurs",
            numbers,
            key=f"{key}-colonne",
        )
        below, weight, factor = "", "pop_total_2024", 100
        persons, zeros = True, False
        if rule == RATIO:
            below = st.selectbox(
                "Colonne du dénominateur", [c for c in numbers if c != column], key=f"{key}-denom"
            )
            factor = st.selectbox(
                "Le rapport se dit",
                list(indicator.FACTORS),
                format_func=indicator.FACTORS.__getitem__,
                key=f"{key}-facteur",
            )
        if rule == MEAN and sheet.grain != SECTOR:
            weight = st.selectbox(
                "Pondérée par",
                list(indicator.WEIGHTS),
                format_func=indicator.WEIGHTS.__getitem__,
                key=f"{key}-poids",
            )
        if rule in (SUM, RATIO):
            persons = st.checkbox("Ce sont des personnes", value=True, key=f"{key}-personnes")
        if rule == SUM:
            zeros = st.checkbox("Un lieu absent du fichier compte pour zéro", key=f"{key}-zeros")
        decimals = st.selectbox(
            "Décimales montrées", [0, 1, 2, 3], index=0 if rule == SUM else 1, key=f"{key}-dec"
        )
        cards.source(sentences.text("indicateur_petits"))
    with st.expander("Explication, limites, lien (facultatif)"):
        help_ = st.text_input("Explication", max_chars=indicator.TEXT_MOST, key=f"{key}-aide")
        limits = st.text_input("Limites", max_chars=indicator.TEXT_MOST, key=f"{key}-limites")
        link = st.text_input("Lien", key=f"{key}-lien", placeholder="https://…")
    return Form(
        title=title,
        source=source,
        year=year,
        unit=unit,
        polarity=polarity or "",
        aggregation=rule or "",
        column=column or "",
        below=below or "",
        weight=weight,
        factor=factor,
        persons=persons,
        zeros=zeros,
        block=block,
        help=help_,
        limits=limits,
        link=link,
        decimals=decimals,
    )


def _list() -> None:
    """The own indicators, and the way out."""
    st.subheader("Mes indicateurs", anchor=False)
    found = indicator.mine()
    if not found:
        cards.sentence("<b>Aucune donnée locale.</b> Les pages montrent les chiffres publiés.")
        return
    heads = ["Indicateur", "Source", "Année", "Unité", "Agrégation", "Lieux", "Masqués", "Reçu le"]
    tables.show("Données locales", heads, "".join(map(_line, found)), (5, 6))
    titles = {kept.id: f"{kept.about['titre']} ({kept.about['annee']})" for kept in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gone = st.selectbox(
            "Retirer un indicateur",
            list(titles),
            index=None,
            format_func=titles.__getitem__,
            placeholder="À choisir",
            key=f"indicateur-retirer-{acting.turn()}",
        )
        if st.button("Retirer et effacer", disabled=gone is None) and gone:
            acting.attempt(
                lambda: indicator.remove(who.actor(), gone), f"« {titles[gone]} » est retiré."
            )


def _line(kept: Kept) -> str:
    about = kept.about
    places = int(kept.values.notna().all(axis=1).sum()) + len(kept.groups)
    rule = {SUM: "somme", RATIO: "rapport", MEAN: "moyenne pondérée"}[about["agregation"]["type"]]
    texts = (about["editeur"], about["annee"], about["unite"], rule)
    cells = "".join(f"<td>{escape(str(t))}</td>" for t in texts)
    numbers = (places, len(kept.groups))
    counts = "".join(f'<td class="nombre">{words.number(n)}</td>' for n in numbers)
    day = words.day(str(about["provenance"]["recu"])[:10])
    name = escape(str(about["titre"]))
    return f'<tr><th scope="row">{name}</th>{cells}{counts}<td>{day}</td></tr>'
