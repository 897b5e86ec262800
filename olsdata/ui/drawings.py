"""« Bassins de vie »: starting a proposal, comparing two, adopting one, files."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata import catalogue, local, territory, words
from olsdata.drawing import adoption, book, compare, facts, files, starts
from olsdata.drawing.book import Drawing
from olsdata.drawing.compare import Comparison
from olsdata.drawing.plan import Plan
from olsdata.drawing.tints import tints
from olsdata.exports import workbook
from olsdata.exports.tables import to_french_csv
from olsdata.local.zonings import Version
from olsdata.palette import CATEGORIES
from olsdata.registry import checks
from olsdata.registry.checks import ROLES
from olsdata.registry.files import MOST_BYTES
from olsdata.ui import (
    acting,
    cards,
    drawing,
    drawingmap,
    registry,
    sentences,
    state,
    tables,
    who,
)
from olsdata.words import folded

IN_FORCE = "en-vigueur"
"""What a proposal can be compared with, beside the others."""

STEPS = list(range(starts.LEAST, starts.MOST + 1, starts.STEP))
INDICATORS = ["pct_0_17_2021", "pct_65p_2021", "income_median_admin_2023"]


# --- Proposals ----------------------------------------------------------------------------------


def proposals(ols: str, found: list[Drawing]) -> None:
    """Start one, and those that there are."""
    left, right = st.columns([1, 1.8])
    with left, st.container(border=True, key="panneau-commencer"):
        _begin(ols)
    with right, st.container(border=True, key="panneau-propositions"):
        _list(found)


def _begin(ols: str) -> None:
    st.subheader("Commencer une proposition", anchor=False)
    key = f"{ols}-{acting.turn()}"
    kind = str(
        st.radio(
            "Partir de",
            list(starts.STARTS),
            format_func=starts.STARTS.__getitem__,
            key=f"depart-{ols}",
        )
    )
    least = 15_000
    if kind == "proposer":
        least = int(
            st.select_slider(
                "Minimum d’habitants par bassin",
                STEPS,
                value=15_000,
                format_func=words.number,
                key=f"minimum-{ols}",
                help=sentences.text("bassins_proposer"),
            )
        )
    name = st.text_input(
        "Nom de la proposition", key=f"nom-proposition-{key}", max_chars=book.NAME_MOST
    )
    why = st.text_input("Pourquoi (facultatif)", key=f"pourquoi-{key}", max_chars=book.WHY_MOST)
    if st.button("Commencer", type="primary", key="commencer"):
        with st.spinner("Calcul en cours, 30 secondes au plus…"):
            acting.attempt(
                lambda: drawing.open_next(_started(ols, kind, least, name, why)),
                f"Proposition commencée : {name.strip()}.",
            )


def _started(ols: str, kind: str, least: int, name: str, why: str) -> Drawing:
    actor = who.actor()
    book.allow(actor, ols)
    checks.text(name, "Nom de la proposition", book.NAME_MOST, required=True)
    origin = starts.STARTS[kind][0].lower() + starts.STARTS[kind][1:]
    if kind == "proposer":
        origin = f"calcul, au moins {least} habitants par bassin (PySAL spopt, MaxP)"
    plan = starts.propose(ols, least) if kind == "proposer" else starts.start(kind, ols)
    return book.start(actor, plan, name, origin, registry.current_role(), why)


def _list(found: list[Drawing]) -> None:
    st.subheader("Propositions de cette OLS", anchor=False)
    if not found:
        cards.sentence("Aucune proposition pour le moment. La première peut partir de la grille.")
    lines = ""
    for item in found:
        table = facts.of(item.plan)
        size = (
            f"{words.number(table['population'].min())} à {words.number(table['population'].max())}"
            if len(table)
            else "—"
        )
        lines += (
            f'<tr><th scope="row">{escape(item.name)}<br>'
            f'<span class="source">{escape(words.spaced(_when(item)))}</span></th>'
            f"<td>{escape(_status(item))}</td>"
            f'<td class="nombre">{words.number(len(table))}</td>'
            f'<td class="nombre">{escape(size)}</td></tr>'
        )
    if lines:
        heads = ["Proposition", "Statut", "Bassins", "Habitants par bassin"]
        tables.show("De la plus ancienne à la plus récente", heads, lines, (2, 3))
        _manage(found)


def _status(item: Drawing) -> str:
    status = book.STATUS[item.status]
    if item.status == book.VALID:
        return status + (", en vigueur" if adoption.in_force(item) else ", plus en vigueur")
    outside = len(item.plan.nowhere)
    return f"{status}, {words.plural(outside, 'section')} sans bassin" if outside else status


def _when(item: Drawing) -> str:
    return f"Départ : {item.origin} ; modifiée le {checks.french_date(item.updated)}"


def _manage(found: list[Drawing]) -> None:
    """Duplicate, rename, withdraw."""
    with st.expander("Dupliquer, renommer ou retirer une proposition"):
        known = {item.id: item for item in found}
        chosen = known[
            str(
                st.selectbox(
                    "Laquelle",
                    list(known),
                    format_func=lambda i: drawing.label(known[i]),
                    key="proposition-geree",
                )
            )
        ]
        name = st.text_input(
            "Nouveau nom",
            key=f"nouveau-nom-{chosen.id}-{acting.turn()}",
            max_chars=book.NAME_MOST,
        )
        actor, role = who.actor(), registry.current_role()
        with st.container(horizontal=True):
            copied = st.button("Dupliquer sous ce nom", key="dupliquer")
            renamed = st.button("Renommer", key="renommer-proposition", disabled=not chosen.open)
            gone = st.button("Retirer cette proposition", key="retirer-proposition")
        if copied:
            origin = f"copie de « {chosen.name} »"
            acting.attempt(
                lambda: drawing.open_next(book.start(actor, chosen.plan, name, origin, role)),
                f"Copie commencée : {name.strip()}.",
            )
        if renamed:
            acting.attempt(
                lambda: book.rename(actor, chosen.id, name, chosen.revision, role),
                f"Proposition renommée : {name.strip()}.",
            )
        if gone:
            acting.attempt(
                lambda: book.withdraw(actor, chosen.id, role),
                f"Proposition retirée : {chosen.name}. Elle reste dans la base de données.",
            )


# --- Comparison ---------------------------------------------------------------------------------


def comparison(first: Drawing, found: list[Drawing]) -> None:
    """Two plans side by side: what moves, how many people, how indicators change."""
    others = {IN_FORCE: "Le découpage en vigueur"}
    others |= {item.id: drawing.label(item) for item in found if item.id != first.id}
    state.choice("avec", list(others), IN_FORCE)
    other = str(
        st.selectbox("Comparer avec", list(others), format_func=others.__getitem__, key="avec")
    )
    if other == IN_FORCE:
        before, before_name = starts.start("vigueur", first.ols), "en vigueur"
    else:
        item = next(item for item in found if item.id == other)
        before, before_name = item.plan, item.name
    result = compare.compare(before, first.plan)
    share = 100 * result.people / result.total
    cards.sentence(
        f"De « {escape(before_name)} » à « {escape(first.name)} » : "
        f"<b>{words.number(result.people)} habitants</b> "
        f"({words.quantity(share, '%', 1)}) changent de bassin."
        if result.people or result.moved
        else f"« {escape(before_name)} » et « {escape(first.name)} » : personne n’en change."
    )
    colours = tints(before, len(CATEGORIES))
    # A bassin keeps its colour from one map to the other.
    kept = {new: colours[old] for new, old in result.partner.items() if old}
    after = tints(first.plan, len(CATEGORIES), kept)
    left, right = st.columns(2)
    for place, name, plan, shades in (
        (left, before_name, before, colours),
        (right, first.name, first.plan, after),
    ):
        with place, st.container(border=True, key=f"panneau-carte-{'a' if place is left else 'b'}"):
            st.subheader(acting.literal(name[0].upper() + name[1:]), anchor=False)
            drawingmap.show(
                plan,
                shades,
                tuple(result.moved),
                f"comparaison-{'a' if place is left else 'b'}",
                f"Carte des bassins de « {name} » ; le tableau dit ce qui change.",
            )
    cards.source(sentences.text("bassins_comparer"))
    with st.container(border=True, key="panneau-change"):
        _moves(result, first)
    with st.container(border=True, key="panneau-indicateurs"):
        _indicators(result, first)


def _moves(result: Comparison, first: Drawing) -> None:
    st.subheader("Ce qui change de bassin", anchor=False)
    if result.moves.empty:
        cards.sentence("Rien.")
        return
    named = _named(result)
    lines = "".join(
        f'<tr><th scope="row">{escape(row.de)}</th><td>{escape(named.get(row.vers, row.vers))}</td>'
        f'<td class="nombre">{words.number(row.population)}</td>'
        f"<td>{escape(words.listing(row.lieux, most=12))}</td></tr>"
        for row in result.moves.itertuples()
    )
    heads = ["De", "Vers", "Habitants", "Communes et sections"]
    tables.show("D’un bassin à l’autre, par nombre d’habitants", heads, lines, (2,), tall=True)
    flat = result.moves.assign(
        lieux=result.moves["lieux"].map(", ".join), sections=result.moves["sections"].map(" ".join)
    )
    about = drawing.about("Ce qui change de bassin")
    cards.download(flat.set_index("de"), f"changements-{first.id}", about, "Télécharger ce tableau")


def _named(result: Comparison) -> dict[str, str]:
    """Name of each bassin of the second plan → the same, and what it was called before."""
    names = result.second.names
    return {
        names[new]: _was(names[new], result.first.names.get(old, ""))
        for new, old in result.partner.items()
    }


def _was(name: str, before: str) -> str:
    """« Basse-Sambre (était Fosses-la-Ville) », « Malonne (nouveau) », or the name alone."""
    if not before:
        return f"{name} (nouveau)"
    return name if before == name else f"{name} (était {before})"


def _indicators(result: Comparison, first: Drawing) -> None:
    st.subheader("Ce que deviennent les chiffres", anchor=False)
    known = {id_: f"{card.title} ({card.year})" for id_, card in catalogue.available().items()}
    chosen = st.multiselect(
        "Indicateurs",
        list(known),
        default=[id_ for id_ in INDICATORS if id_ in known],
        format_func=known.__getitem__,
        key="indicateurs-compares",
    )
    touched = {*result.moves["de"], *result.moves["vers"]}
    for id_ in chosen:
        _indicator(result, id_, touched, first)
    if chosen:
        cards.source("Les bassins dont rien ne part et où rien n’arrive gardent leurs chiffres.")


def _indicator(result: Comparison, id_: str, touched: set[str], first: Drawing) -> None:
    """One indicator, in the bassins that change."""
    card = catalogue.card(id_)
    table = compare.indicator(result, id_)
    shown = table[table["avant"].isin(touched) | table["apres"].isin(touched)]
    if shown.empty:
        cards.sentence(f"{escape(card.title)} : rien ne change.")
        return
    lines = ""
    for row in shown.itertuples():
        name = _was(row.apres, row.avant) if row.apres else f"{row.avant} (n’existe plus)"
        mark = "<sup>°</sup>" if row.commune_entiere else ""
        both = row.avant and row.apres
        cells = [
            words.number(row.valeur_avant, card.decimals) + mark if row.avant else "—",
            words.number(row.valeur_apres, card.decimals) + mark if row.apres else "—",
            words.number(row.difference, card.decimals, sign=True) if both else "—",
        ]
        lines += f'<tr><th scope="row">{escape(name)}</th>'
        lines += "".join(f'<td class="nombre">{cell}</td>' for cell in cells) + "</tr>"
    heads = ["Bassin", "Avant", "Après", "Différence"]
    tables.show(f"{card.title} ({card.unit}). {card.source}.", heads, lines, (1, 2, 3))
    if shown["commune_entiere"].any():
        cards.source(f"° {sentences.text('bassins_commune_entiere')}")
    about = workbook.of_cards([id_], f"{card.title}, avant et après, tous les bassins")
    label = f"Télécharger « {card.title} », tous les bassins"
    cards.download(table.set_index("apres"), f"{id_}-{first.id}", about, label)


# --- Adoption -----------------------------------------------------------------------------------


def adopt(item: Drawing) -> None:
    """Put the proposal in force, with who, why and when; and the way back."""
    left, right = st.columns([1.2, 1])
    with left, st.container(border=True, key="panneau-adopter"):
        _form(item)
    with right, st.container(border=True, key="panneau-vigueur"):
        _versions(item.ols)


def _form(item: Drawing) -> None:
    name = territory.find(item.ols).title
    st.subheader(f"Adopter « {acting.literal(item.name)} »", anchor=False)
    cards.sentence(drawing.summary(item.plan))
    if adoption.in_force(item) and item.status == book.VALID:
        cards.sentence(f"<b>Ces bassins sont ceux en vigueur pour {escape(name)}.</b>")
        return
    if adoption.fixed():
        cards.sentence(f"<b>{escape(sentences.text('bassins_fixes'))}</b>")
        return
    cards.sentence(sentences.text("bassins_adopter"))
    key = f"{item.id}-{acting.turn()}"
    source = st.text_input(
        "Qui a décidé, où le lire",
        key=f"adopter-source-{key}",
        max_chars=adoption.SOURCE_MOST,
        placeholder="Assemblée de l’OLS, procès-verbal du 5/11/2026",
    )
    date = st.text_input("Date de la décision", key=f"adopter-date-{key}", placeholder="5/11/2026")
    why = st.text_input(
        "Pourquoi (facultatif)", key=f"adopter-pourquoi-{key}", max_chars=adoption.WHY_MOST
    )
    sure = st.checkbox(
        f"Tout le tableau de bord lira ces bassins pour {name}", key=f"adopter-sur-{key}"
    )
    if st.button("Adopter ces bassins", type="primary", key="adopter"):
        if not sure:
            acting.alert(["Cochez la case de confirmation pour adopter ces bassins."])
            return
        role = registry.current_role()
        acting.attempt(
            lambda: adoption.adopt(who.actor(), item.id, item.revision, source, date, role, why),
            f"Bassins adoptés pour {name} : tout le tableau de bord les suit.",
        )


def _versions(ols: str) -> None:
    """What is in force, what was, and back."""
    st.subheader("Découpage en vigueur", anchor=False)
    versions = local.history(adoption.LEVEL)
    now = next(version for version in versions if version.in_force)
    cards.sentence(f"<b>{escape(now.about['label'])}</b> : {escape(now.about['source'])}.")
    items = "".join(f"<li>{_version(version)}</li>" for version in versions)
    count = words.plural(len(versions), "version gardée", "versions gardées")
    st.html(f"<details><summary>{count}</summary><ol>{items}</ol></details>")
    if not now.id:
        cards.source("C’est le découpage livré ; il n’y en a pas de précédent.")
        return
    key = f"revenir-{acting.turn()}"
    sure = st.checkbox("Revenir au découpage précédent, pour toutes les OLS", key=f"{key}-sur")
    if st.button("Revenir en arrière", key="revenir"):
        if not sure:
            acting.alert(["Cochez la case de confirmation pour revenir en arrière."])
            return
        acting.attempt(
            lambda: adoption.back(who.actor(), ols),
            "Le découpage précédent est de nouveau en vigueur.",
        )


def _version(version: Version) -> str:
    about = version.about
    day = checks.french_date(about.get("adopte_le", about["date"]))
    by = ROLES.get(about.get("par", ""), "")
    parts = [about["source"], day, by, about.get("pourquoi", "")]
    mark = " <b>(en vigueur)</b>" if version.in_force else ""
    return escape(words.spaced(" · ".join(part for part in parts if part))) + mark


# --- Files --------------------------------------------------------------------------------------


def exchange(ols: str, item: Drawing | None) -> None:
    """A proposal out as CSV and GeoJSON; a file in as a new proposal."""
    left, right = st.columns(2)
    with left, st.container(border=True, key="panneau-exporter"):
        st.subheader("Exporter", anchor=False)
        if item is None:
            cards.sentence("Aucune proposition à exporter.")
        else:
            _out(item)
    with right, st.container(border=True, key="panneau-importer"):
        st.subheader("Importer", anchor=False)
        _in(ols)


def _out(item: Drawing) -> None:
    plan: Plan = item.plan
    if not plan.names:
        cards.sentence("Cette proposition n’a encore aucun bassin.")
        return
    name = files.file_name(item.name, item.ols)
    cards.sentence(
        f"« {escape(item.name)} » : <b>{words.plural(len(plan.names), 'bassin')}</b>, "
        f"{words.plural(len(plan.held), 'section')}."
    )
    with st.container(horizontal=True):
        cards.file(
            "Tableau (CSV)",
            f"{name}.csv",
            "text/csv",
            lambda: to_french_csv(files.export_frame(plan)),
        )
        cards.file(
            "Carte (GeoJSON)",
            f"{name}.geojson",
            "application/geo+json",
            lambda: files.export_geojson(plan, book.STATUS[item.status]),
        )
    cards.source(sentences.on_limits("bassins_fichiers"))


def _in(ols: str) -> None:
    key = f"{ols}-{acting.turn()}"
    cards.sentence(sentences.text("bassins_importer"))
    given = st.file_uploader(
        "Fichier CSV ou GeoJSON",
        type=["csv", "txt", "geojson", "json"],
        key=f"fichier-bassins-{key}",
        max_upload_size=MOST_BYTES // 1_000_000,
    )
    if given is None:
        return
    report = files.read_file(given.getvalue(), ols)
    if report.plan is None:
        acting.alert(["Rien n’a été changé.", *report.faults])
        return
    plan = report.plan
    cards.sentence(drawing.summary(plan))
    for notice in report.notices:
        st.info(acting.literal(notice), icon=":material/info:")
    name = st.text_input(
        "Nom de la proposition", key=f"nom-importe-{key}", max_chars=book.NAME_MOST
    )
    if st.button("En faire une proposition", type="primary", key="importer-bassins"):
        origin, role = f"fichier « {given.name} »"[: book.WHY_MOST], registry.current_role()
        acting.attempt(
            lambda: drawing.open_next(book.start(who.actor(), plan, name, origin, role)),
            f"Proposition importée : {name.strip()}.",
        )


# --- Without an OLS -----------------------------------------------------------------------------


def aim() -> None:
    """What this page is for: before the Government fixes the bassins, and once it has."""
    source = adoption.fixed()
    if source:
        said = f"Les bassins de vie sont officiels : {source}. {sentences.text('bassins_fixes')}"
        cards.sentence(escape(said))
    else:
        cards.sentence(sentences.text("bassins_aide"))


def overview() -> None:
    """All the OLS: bassins in force and proposals; a page per OLS draws."""
    cards.sentence("Choisissez une OLS, ici ou dans le volet, pour dessiner ses bassins.")
    zoning = territory.zoning("bassins")
    found = book.drawings(who.actor())
    lines = ""
    for ols in map(str, territory.zoning("ols").zones.index):
        people = facts.of(starts.start("vigueur", ols))["population"]
        names = sorted((d.name for d in found if d.ols == ols), key=folded)
        lines += (
            f'<tr><th scope="row"><a href="bassins?territoire={ols}" target="_self">'
            f"{escape(territory.find(ols).title)}</a></th>"
            f'<td class="nombre">{words.number(len(people))}</td>'
            f"<td>{escape(words.standing(zoning.status_in(ols)))}</td>"
            f'<td class="nombre">{words.number(people.min())} à {words.number(people.max())}</td>'
            f"<td>{escape(words.listing(names, most=6)) or 'aucune'}</td></tr>"
        )
    heads = ["OLS", "Bassins en vigueur", "Statut", "Habitants par bassin", "Propositions"]
    tables.show("Bassins de vie par OLS", heads, lines, (1, 3))
    cards.source(sentences.text("bassins_habitants"))
