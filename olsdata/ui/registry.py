"""Pieces of the page « Corriger le registre »."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from olsdata import registry, shortage, structures, tables, territory, words
from olsdata.exports.workbook import About
from olsdata.notes import actors
from olsdata.registry import ROLES, Content, Coverage, Proposal
from olsdata.registry.files import MOST_BYTES, Report
from olsdata.structures import Completeness, Type
from olsdata.tables import DataError
from olsdata.territory import WALLONIE, Zone
from olsdata.ui import acting, cards, sentences, state, who
from olsdata.ui.state import View
from olsdata.words import folded

PARTS = {
    "manque": "Ce qui manque",
    "corriger": "Ajouter ou corriger",
    "generalistes": "Médecins généralistes",
    "fichiers": "Importer, exporter",
}
WHOLE, UNKNOWN, BY_COMMUNE = "entieres", "inconnue", "commune"
SHARES = {
    UNKNOWN: "Part inconnue",
    WHOLE: "Communes entières",
    BY_COMMUNE: "Part par commune",
}
LISTS = ("INAMI", "AViQ")
NEW = ""
DATES = "2025 ou 17/5/2025"

_ROLE = "registre-role"


# --- Choices ------------------------------------------------------------------------------------


def part_choice() -> str:
    """The part of the page that is shown, kept in the address."""
    return state.segments("Partie de la page", "partie", PARTS, "manque", bare=True)


def kind() -> str:
    """The type of structure, kept in the address."""
    known = {id_: type_.plural for id_, type_ in structures.types().items()}
    state.choice("type", list(known), "cercle_mg")
    return str(
        st.selectbox("Type de structure", list(known), format_func=known.__getitem__, key="type")
    )


def role() -> str:
    """The role under which this visitor writes; kept while the page is left and found again."""
    if not acting.allowed(actors.PROPOSE):
        return ""
    known = list(actors.voices(who.actor(), ROLES))
    chosen = st.selectbox(
        "J’écris en tant que",
        known,
        index=known.index(current_role()),
        format_func=ROLES.__getitem__,
        help="Un rôle, jamais un nom.",
    )
    st.session_state[_ROLE] = chosen
    return str(chosen)


def current_role() -> str:
    """The role chosen by ``role``, on this page or on another; one that the visitor may take."""
    known = list(actors.voices(who.actor(), ROLES))
    kept = str(st.session_state.get(_ROLE, "facilitateur"))
    return kept if kept in known else known[0]


# --- What is missing ----------------------------------------------------------------------------


def communes_of(zone: Zone) -> list[str]:
    """Codes of the communes that a territory touches, by name; German-speaking ones apart."""
    people = territory.zoning_of(zone.level).people.loc[zone.id]
    names = tables.load().communes["nom"]
    here = people.index[people > 0].difference(territory.outside().index)
    return sorted(here, key=lambda code: folded(names[code]))


def lower(type_: Type) -> str:
    """Plural name of a type inside a sentence; an acronym keeps its capitals."""
    name = type_.plural
    return name if name[1:2].isupper() else name[0].lower() + name[1:]


def missing_sentence(type_: Type, known: Completeness) -> str:
    """« Il manque 31 cercles : aidez-nous »; safe HTML."""
    confirmed = words.plural(known.sourced, "structure confirmée", "structures confirmées")
    if known.published is None:
        return (
            f"<b>Personne ne publie de total</b> pour « {escape(lower(type_))} » : {confirmed} "
            "par une source. Aidez-nous à compléter la liste."
        )
    year = known.published_year or "année non précisée"
    left = known.published - known.sourced
    end = f"{confirmed} par une source sur {words.number(known.published)} ({escape(year)})"
    if left <= 0:
        return f"<b>Aucune ne manque</b> : {end}. Leur zone peut être à préciser."
    start = "Il manque" if left > 1 else "Il en manque une :"
    count = f"{words.number(left)} {escape(lower(type_))}" if left > 1 else escape(type_.title)
    return f"<b>{start} {count} : aidez-nous.</b> {end}."


def missing_table(view: View) -> None:
    """Every type: confirmed, with a zone, published, missing, and what the field proposes."""
    here = communes_of(view.zone)
    proposed = registry.proposals(communes=None if view.zone.id == WALLONIE else here)
    lines = ""
    for id_, type_ in structures.types().items():
        known = structures.completeness(id_)
        left = (
            "" if known.published is None else words.number(max(known.published - known.sourced, 0))
        )
        total = "aucun total" if known.published is None else words.number(known.published)
        mine = sum(p.content.type == id_ for p in proposed)
        blank = len(registry.unknown_communes(id_, here))
        cells = [words.number(known.sourced), words.number(known.with_zone), total, left or "—"]
        cells += [words.number(mine), f"{words.number(blank)} sur {words.number(len(here))}"]
        lines += f'<tr><th scope="row">{escape(type_.plural)}</th>' + "".join(
            f'<td class="nombre">{escape(cell)}</td>' for cell in cells
        )
        lines += "</tr>"
    heads = ["Type", "Confirmées", "Avec zone", "Publiées", "Manquent"]
    heads += ["Propositions ici", "Communes sans rien de connu ici"]
    _table(f"Ce qui est connu, par type ({view.zone.title})", heads, lines, range(1, len(heads)))


def missing_communes(kind_: str, zone: Zone) -> None:
    """The communes where nothing is known, and the file to send to those who know."""
    type_ = structures.type_(kind_)
    st.subheader(type_.plural, anchor=False)
    cards.sentence(missing_sentence(type_, structures.completeness(kind_)))
    here = communes_of(zone)
    blank = registry.unknown_communes(kind_, here)
    if not blank:
        cards.sentence("Chaque commune de ce territoire est dans une zone connue ou proposée.")
        return
    facts = tables.load().communes
    names = [str(facts.at[code, "nom"]) for code in blank]
    count = words.plural(len(blank), "commune")
    cards.sentence(
        f"<b>{count} sur {words.number(len(here))}</b> {escape(_in(zone))}, où nous ne "
        f"connaissons rien : {escape(words.listing(names, most=40))}."
    )
    frame = facts.loc[blank, ["nom", "province"]].rename(columns={"nom": "commune"})
    frame["type"] = type_.title
    for column in ("structure", "source", "date"):
        frame[column] = ""  # to be filled in by those who know
    cards.exchange(
        frame, f"a-completer-{kind_}-{zone.id}", "Liste à envoyer à l’AViQ ou à la FAGW (CSV)"
    )


def _in(zone: Zone) -> str:
    return "de Wallonie" if zone.id == WALLONIE else f"de {zone.title}"


def declare(kind_: str, zone: Zone, role_: str) -> None:
    """« Complet au … selon … » for this type in this OLS: what stands, or a form."""
    type_ = structures.type_(kind_)
    st.subheader("Complet ici\u202f?", anchor=False)
    if zone.level != "ols":
        cards.sentence("Choisissez une OLS dans le volet pour y déclarer ce type complet.")
        standing = registry.declarations(kind_)
        for item in standing:
            name = territory.find(item.ols).title
            cards.sentence(f"<b>{escape(name)}</b> : {escape(item.sentence)}.")
        return
    actor = who.actor()
    mine = actors.may(actor, actors.KEEP) and actor.ols in ("", zone.id)
    for item in registry.declarations(kind_, zone.id):
        cards.sentence(f"<b>{escape(type_.plural)}</b> : {escape(item.sentence)}.")
        if mine and st.button("Retirer la déclaration", key=f"revoquer-{item.id}"):
            acting.attempt(
                lambda id_=item.id: registry.revoke(who.actor(), id_, role_),  # type: ignore[misc]
                "Déclaration retirée.",
            )
        return
    if not mine:
        cards.sentence("Personne ne l’a encore déclaré complet ; cela revient à cette OLS.")
        return
    cards.sentence(sentences.text("registre_complet"))
    key = f"{kind_}-{zone.id}-{acting.turn()}"
    date = st.text_input("Complet au", placeholder=DATES, key=f"complet-date-{key}")
    source = st.text_input("Selon quelle source", key=f"complet-source-{key}", max_chars=500)
    if st.button("Déclarer complet", key="complet"):
        acting.attempt(
            lambda: registry.declare_complete(who.actor(), kind_, zone.id, date, source, role_),
            f"{type_.plural} : déclaré complet pour {zone.title}.",
        )


# --- Add or correct -----------------------------------------------------------------------------


def _choices(kind_: str, zone: Zone) -> dict[str, str]:
    """What can be opened in the form: nothing, a sourced structure, a proposal."""
    here = set(communes_of(zone))
    rows = registry.sourced()
    mine = [
        id_
        for id_, row in rows.items()
        if row.type == kind_ and (not row.communes or here & {c.refnis for c in row.communes})
    ]
    mine.sort(key=lambda id_: folded(rows[id_].name))
    known = {NEW: "Une structure absente du registre"}
    known |= {id_: f"Corriger : {rows[id_].name}" for id_ in mine}
    found = registry.proposals(kind_, None if zone.id == WALLONIE else here)
    found = [p for p in found if registry.keeps(who.actor(), registry.zone(p.content))]
    return known | {p.id: f"Modifier la proposition : {p.content.name}" for p in found}


def form(kind_: str, zone: Zone, role_: str) -> None:
    """Add a structure, correct a sourced one, or change a proposal."""
    st.subheader("Ajouter ou corriger", anchor=False)
    if not acting.allowed(actors.PROPOSE):
        return
    known = _choices(kind_, zone)
    chosen = str(
        st.selectbox(
            "De quoi s’agit-il\u202f?",
            list(known),
            format_func=known.__getitem__,
            key=f"quoi-{kind_}-{zone.id}-{acting.turn()}",
        )
    )
    opened = next((p for p in registry.proposals(kind_) if p.id == chosen), None)
    start = opened.content if opened else _corrected(chosen)
    content = _fields(
        kind_, start or Content(kind_, "", "", ""), f"{chosen}-{kind_}-{acting.turn()}"
    )
    if opened:
        if st.button("Enregistrer la modification", type="primary", key="enregistrer"):
            acting.attempt(
                lambda: registry.revise(who.actor(), opened.id, content, role_, opened.revision),
                f"Proposition modifiée : {content.name}.",
            )
        return
    content = replace(content, corrects=chosen)
    if st.button("Enregistrer la proposition", type="primary", key="enregistrer"):
        acting.attempt(
            lambda: registry.propose(who.actor(), content, role_),
            f"Proposition enregistrée : {content.name}.",
        )


def _corrected(id_: str) -> Content | None:
    """The sourced row to correct, without its source: the author gives his own."""
    row = registry.sourced().get(id_)
    return replace(row, source="", date="", link="", remark="") if row else None


def _fields(kind_: str, start: Content, key: str) -> Content:
    """The fields of a row, filled with what it says now."""
    facts = tables.load().communes
    codes = sorted(facts.index, key=lambda code: folded(facts.at[code, "nom"]))
    names = facts["nom"].to_dict()
    name = st.text_input("Nom", start.name, key=f"nom-{key}", max_chars=200)
    chosen = st.multiselect(
        "Communes de sa zone",
        codes,
        default=sorted((c.refnis for c in start.communes), key=codes.index),
        format_func=names.__getitem__,
        key=f"communes-{key}",
        help=sentences.text("registre_communes"),
        placeholder="Aucune : zone inconnue",
    )
    before = {c.refnis: c for c in start.communes}
    shares = {c.share for c in start.communes}
    guess = WHOLE if shares == {1.0} else UNKNOWN if shares <= {None} else BY_COMMUNE
    way = st.segmented_control(
        "Part des habitants dans la zone",
        list(SHARES),
        default=guess,
        format_func=SHARES.__getitem__,
        required=True,
        key=f"parts-{key}",
    )
    given: dict[str, float | None] = dict.fromkeys(chosen, 1.0 if way == WHOLE else None)
    if way == BY_COMMUNE and chosen:
        given = _share_editor(chosen, before, f"editeur-{key}")
    left, right = st.columns([2, 1])
    source = left.text_input(
        "Source", start.source, key=f"source-{key}", max_chars=500, help="Où l’avez-vous lu\u202f?"
    )
    date = right.text_input("Date de la source", start.date, key=f"date-{key}", placeholder=DATES)
    with st.expander("Siège, lien, remarque (facultatif)"):
        seat_refnis = st.selectbox(
            "Commune du siège",
            ["", *codes],
            index=codes.index(start.seat_refnis) + 1 if start.seat_refnis else 0,
            format_func=lambda code: names.get(code, "Non connue"),
            key=f"siege-{key}",
        )
        seat = st.text_input("Adresse du siège", start.seat, key=f"adresse-{key}", max_chars=200)
        link = st.text_input("Lien", start.link, key=f"lien-{key}", placeholder="https://…")
        remark = st.text_input("Remarque", start.remark, key=f"remarque-{key}", max_chars=1000)
    deduced = {code for code in chosen if code in before and before[code].deduced}
    if deduced and st.checkbox(
        "Ma source nomme ces communes une à une",
        key=f"lues-{key}",
        help="Sinon, les communes que le registre déduit d’un nom restent marquées °.",
    ):
        deduced = set()
    zone = tuple(Coverage(code, given[code], code in deduced) for code in chosen)
    return Content(kind_, name, source, date, zone, str(seat_refnis), seat, link, remark)


def _share_editor(
    chosen: list[str], before: dict[str, Coverage], key: str
) -> dict[str, float | None]:
    """Share of each commune, in percent; empty means unknown."""
    names = tables.load().communes["nom"]
    shares = [before[c].share if c in before else None for c in chosen]
    frame = pd.DataFrame(
        {
            "commune": [names[c] for c in chosen],
            "part": pd.Series([None if s is None else 100 * s for s in shares], dtype=float),
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        key=f"{key}-{'-'.join(chosen)}"[:200],
        column_config={
            "commune": st.column_config.TextColumn("Commune", disabled=True),
            "part": st.column_config.NumberColumn("Part (%)", min_value=0.0, max_value=100.0),
        },
    )
    return {
        code: None if pd.isna(part) else float(part) / 100
        for code, part in zip(chosen, edited["part"], strict=True)
    }


def listing(kind_: str, zone: Zone, role_: str) -> None:
    """Proposals of a type that touch the territory, withdrawn ones at the end."""
    here = None if zone.id == WALLONIE else communes_of(zone)
    found = registry.proposals(kind_, here, withdrawn=True)
    active = [p for p in found if p.active]
    gone = [p for p in found if not p.active]
    st.subheader("Propositions du terrain", anchor=False)
    if not active:
        cards.sentence("Aucune proposition en cours pour ce type et ce territoire.")
    if any(c.deduced for p in active for c in p.content.communes):
        cards.source("° commune déduite d’un nom, non lue une à une.")
    for item in active:
        with st.container(border=True, key=f"proposition-{item.id}"):
            st.html(_proposal(item))
            mine = registry.keeps(who.actor(), registry.zone(item.content))
            if mine and st.button("Retirer cette proposition", key=f"retirer-{item.id}"):
                acting.attempt(
                    lambda id_=item.id: registry.withdraw(who.actor(), id_, role_),  # type: ignore[misc]
                    f"Proposition retirée : {item.content.name}.",
                )
    if gone:
        with st.expander(words.plural(len(gone), "proposition retirée", "propositions retirées")):
            for item in gone:
                st.html(_proposal(item))


def _proposal(item: Proposal) -> str:
    """A proposal as safe HTML: what, where, by whom, from what source, and its history."""
    content = item.content
    names = tables.load().communes["nom"]
    covered = sorted(content.communes, key=lambda c: folded(str(names[c.refnis])))
    zone = words.listing([_covered(c, str(names[c.refnis])) for c in covered], most=25)
    what = "Ajout"
    if content.corrects:
        old = registry.sourced().get(content.corrects)
        what = f"Correction de « {old.name if old else content.corrects} »"
    more = [
        f"Siège : {names.get(content.seat_refnis, '')} {content.seat}".strip()
        if content.seat_refnis or content.seat
        else "",
        content.remark,
    ]
    changes = "".join(
        f"<li>{escape(registry.french_date(c.at))} : {escape(c.action)}, "
        f"{escape(ROLES.get(c.role, c.role))}, « {escape(str(c.content['name']))} »</li>"
        for c in registry.history(item.id)
    )
    lines = [
        f"<b>{escape(content.name)}</b> {cards.badge(item.status, what)}",
        escape(what),
        f"Zone : {escape(zone)}" if zone else "Zone inconnue",
        *(escape(m) for m in more if m),
    ]
    source = (
        f"Source : {content.source} ({registry.french_date(content.date)}). "
        f"{ROLES.get(item.role, item.role)}, le {registry.french_date(item.updated)}."
    )
    return (
        "".join(f'<p class="phrase">{words.spaced(text)}</p>' for text in lines)
        + f'<p class="source">{escape(words.spaced(source))} {_links(content.link)}</p>'
        f"<details><summary>Historique</summary><ul>{changes}</ul></details>"
    )


def _links(addresses: str) -> str:
    """Addresses as numbered links."""
    found = [part.strip() for part in addresses.split(" ; ") if part.strip()]
    return " ".join(
        f'<a href="{escape(to)}" rel="noreferrer">lien {i}</a>' for i, to in enumerate(found, 1)
    )


def _covered(item: Coverage, name: str) -> str:
    mark = "°" if item.deduced else ""
    if item.share is None:
        return f"{name}{mark} (part inconnue)"
    share = "" if item.share == 1 else f" ({words.quantity(100 * item.share, '%')})"
    return f"{name}{mark}{share}"


# --- General practitioners ----------------------------------------------------------------------


def doctors_form(zone: Zone, role_: str) -> None:
    """One commune at a time, or a file."""
    st.subheader("Reporter un nombre", anchor=False)
    if not acting.allowed(actors.KEEP):
        return
    cards.sentence(sentences.text("generalistes_aide"))
    names = tables.load().communes["nom"]
    codes = [c for c in communes_of(zone) if c in shortage.thresholds().index]
    codes = [c for c in codes if registry.keeps(who.actor(), [c])]
    if not codes:
        cards.sentence("Ces communes sont dans une autre OLS : chacune reporte les siennes.")
        return
    key = f"{zone.id}-{acting.turn()}"
    code = st.selectbox(
        "Commune", codes, format_func=names.to_dict().__getitem__, key=f"mg-commune-{key}"
    )
    count = st.number_input(
        "Médecins généralistes actifs", 0, 5000, None, 1, key=f"mg-nombre-{key}"
    )
    left, right = st.columns(2)
    source = left.selectbox("Liste lue", LISTS, key="mg-liste", accept_new_options=True)
    date = right.text_input("Date de la liste", placeholder=DATES, key="mg-date")
    if st.button("Enregistrer le nombre", type="primary", key="mg-enregistrer"):
        acting.attempt(
            lambda: registry.enter_count(
                who.actor(),
                str(code),
                "" if count is None else int(count),
                date,
                str(source or ""),
                role_,
            ),
            f"{names[code]} : nombre enregistré.",
        )
    with st.expander("Importer un fichier"):
        model = pd.DataFrame({"commune": [names[c] for c in codes]}).set_index("commune")
        for column in ("medecins", "date", "source"):
            model[column] = ""
        cards.exchange(model, f"generalistes-a-remplir-{zone.id}", "Modèle à remplir (CSV)")
        _upload("mg", lambda raw: registry.import_counts(who.actor(), raw, role_))


def doctors_table(zone: Zone, role_: str) -> None:
    """What the criteria of the order say of each commune of the territory."""
    table = registry.doctors_table(communes_of(zone))
    st.subheader("Critères de pénurie, par commune", anchor=False)
    known = table[table["categorie"] != ""]
    if known.empty:
        cards.sentence("<b>Aucun nombre</b> n’a encore été reporté pour ce territoire.")
    else:
        low, raised = (
            int((known["categorie"] == c).sum()) for c in (shortage.ELIGIBLE, shortage.RAISED)
        )
        cards.sentence(
            f"<b>{words.plural(len(known), 'commune')} sur {words.number(len(table))}</b> "
            f"{'ont' if len(known) > 1 else 'a'} un nombre reporté : {words.number(low)} "
            f"« éligible », {words.number(raised)} « majoré ». "
            f"{escape(shortage.ESTIMATE[0].upper() + shortage.ESTIMATE[1:])}."
        )
    lines = ""
    for _, row in table.iterrows():
        given = row["categorie"] != ""
        cells = [
            words.number(float(row["medecins"])) if given else words.MISSING,
            words.number(float(row["pour_100000"]), 1) if given else "",
            f"{words.number(row['seuil_eligible'])} / {words.number(row['seuil_majore'])}",
        ]
        origin = f"{row['source']}, {registry.french_date(row['date'])}" if given else ""
        by = f"{origin} ({ROLES.get(row['role'], row['role'])})" if given else ""
        lines += (
            f'<tr><th scope="row">{escape(str(row["nom"]))}</th>'
            + "".join(f'<td class="nombre">{escape(cell)}</td>' for cell in cells)
            + f"<td>{escape(str(row['categorie']))}</td>"
            f'<td class="source" title="{escape(by)}">{escape(words.spaced(origin))}</td></tr>'
        )
    heads = ["Commune", "Médecins", "Pour 100 000 hab.", "Seuils", "Estimation", "Source"]
    _table(f"Médecins généralistes, {zone.title}", heads, lines, range(1, 4), tall=True)
    cards.source(sentences.text("generalistes_source"))
    about = About(
        f"Médecins généralistes, {zone.title}",
        "Listes que le terrain a reportées, nommées à chaque ligne ; Statbel, population",
        limits=f"{shortage.ESTIMATE} {sentences.text('generalistes_source')}",
    )
    cards.download(
        table.drop(columns="id").assign(remarque=shortage.ESTIMATE),
        f"generalistes-{zone.id}",
        about,
        "Télécharger ce tableau",
    )
    known = known[[registry.keeps(who.actor(), [str(code)]) for code in known.index]]
    if not known.empty:
        with st.expander("Retirer un nombre"):
            names = known["nom"].to_dict()
            code = st.selectbox(
                "Commune dont le dernier nombre est faux",
                list(names),
                format_func=names.__getitem__,
                key=f"mg-retirer-{zone.id}-{acting.turn()}",
            )
            if st.button("Retirer ce nombre", key="mg-retirer"):
                acting.attempt(
                    lambda: registry.withdraw_count(who.actor(), str(known.at[code, "id"]), role_),
                    f"{names[code]} : nombre retiré.",
                )


# --- Files --------------------------------------------------------------------------------------


def files(role_: str) -> None:
    """The whole registry out, and in."""
    left, right = st.columns(2)
    with left, st.container(border=True, key="panneau-exporter"):
        st.subheader("Exporter", anchor=False)
        proposed = registry.proposals()
        cards.sentence(
            f"<b>{words.plural(len(registry.sourced()), 'ligne sourcée', 'lignes sourcées')}</b> "
            f"et {words.plural(len(proposed), 'proposition')} du terrain, dans un seul fichier."
        )
        cards.exchange(registry.export_frame(), "registre", "Tout le registre (CSV)")
    with right, st.container(border=True, key="panneau-importer"):
        st.subheader("Importer", anchor=False)
        if acting.allowed(actors.KEEP):
            _upload("registre", lambda raw: registry.import_csv(who.actor(), raw, role_))
    cards.source(sentences.text("registre_fichier"))


def _upload(key: str, action: Callable[[bytes], Report]) -> None:
    """A file and the button that takes it; wrong rows are all named, and nothing is kept."""
    given = st.file_uploader(
        "Fichier CSV",
        type=["csv", "txt"],
        key=f"fichier-{key}-{acting.turn()}",
        max_upload_size=MOST_BYTES // 1_000_000,
    )
    if given is None or not st.button("Importer ce fichier", type="primary", key=f"importer-{key}"):
        return
    try:
        report = action(given.getvalue())
    except DataError as error:
        acting.alert(str(error).splitlines())
        return
    if report.faults:
        acting.alert(["Rien n’a été changé.", *report.faults])
        return
    acting.finish(f"Fichier importé : {report.sentence}")


def _table(name: str, heads: list[str], lines: str, numbers: range, tall: bool = False) -> None:
    head = "".join(
        f'<th scope="col"{" class=nombre" if i in numbers else ""}>{escape(words.spaced(h))}</th>'
        for i, h in enumerate(heads)
    )
    st.html(
        f'<div class="defile{" haute" if tall else ""}" tabindex="0" role="region" '
        f'aria-label="{escape(name)}"><table class="donnees"><caption>{escape(name)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
