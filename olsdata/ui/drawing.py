"""« Bassins de vie »: choosing units, putting them in a bassin, what each bassin then is."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from olsdata import tables as data
from olsdata import words
from olsdata.drawing import book, facts
from olsdata.drawing import plan as plans
from olsdata.drawing import units as parts
from olsdata.drawing.book import Drawing
from olsdata.drawing.plan import NOWHERE, Plan
from olsdata.drawing.tints import tints
from olsdata.drawing.units import Unit
from olsdata.exports.workbook import About
from olsdata.palette import CATEGORIES
from olsdata.registry.checks import ROLES, french_date
from olsdata.ui import acting, cards, drawingmap, registry, sentences, state, tables, theme, who
from olsdata.words import folded

PARTS = {
    "dessiner": "Dessiner",
    "propositions": "Propositions",
    "comparer": "Comparer",
    "adopter": "Adopter",
    "fichiers": "Fichiers",
}
NEW = "nouveau"
WHOLE = ""
"""Frame of the map: the whole OLS."""

_LISTED, _ON_MAP, _TURN = "_bassins-liste", "_bassins-carte", "_bassins-tour"
_OPEN = "_bassins-ouvrir"
"""Session key of the proposal to open on the next run."""
_TARGET, _TINTS = "_bassins-cible", "_bassins-couleurs"

GUIDE_END = 60_000
"""Right end of the drawing of the guide: it fades out, since the guide gives no upper limit."""


# --- Which proposal, which part -----------------------------------------------------------------


def part_choice(found: list[Drawing]) -> str:
    """The part of the page that is shown, kept in the address."""
    if _OPEN in st.session_state:
        st.session_state["partie"] = "dessiner"
    return state.segments(
        "Partie de la page", "partie", PARTS, "dessiner" if found else "propositions", bare=True
    )


def listed(ols: str) -> list[Drawing]:
    """Proposals of an OLS that this reader may see."""
    return book.drawings(who.actor(), ols)


def label(drawing: Drawing) -> str:
    """« Idée 1 (atelier) »."""
    return f"{drawing.name} ({book.STATUS[drawing.status]})"


def proposal_choice(found: list[Drawing]) -> Drawing | None:
    """The proposal that is worked on, kept in the address."""
    if not found:
        return None
    known = {drawing.id: drawing for drawing in found}
    opened = str(st.session_state.pop(_OPEN, ""))
    if opened in known:
        st.session_state["proposition"] = opened
    chosen = state.choice("proposition", list(known), found[-1].id)
    st.query_params["proposition"] = chosen
    chosen = str(
        st.selectbox(
            "Proposition", list(known), format_func=lambda i: label(known[i]), key="proposition"
        )
    )
    return known[chosen]


def open_next(drawing: Drawing) -> None:
    """Show a proposal on the next run, ready to be drawn."""
    st.session_state[_OPEN] = drawing.id


# --- What is chosen -----------------------------------------------------------------------------


def _keys(drawing: Drawing) -> tuple[str, str]:
    """Keys of the list and of the map: both start empty after each thing done."""
    turn = acting.turn()
    redrawn = st.session_state.get(_TURN, 0)
    return f"choisies-{drawing.id}-{turn}", f"carte-{drawing.id}-{turn}-{redrawn}"


def _from_map(listed_key: str, map_key: str) -> None:
    """What is chosen on the map goes in the list; what left the map leaves it too."""
    points = st.session_state[map_key]["selection"]["points"]
    now = [str(point.get("location", "")) for point in points]
    known = st.session_state.get(_LISTED, set())
    now = [unit for unit in dict.fromkeys(now) if unit in known]
    gone = set(st.session_state.get(_ON_MAP, [])) - set(now)
    kept = [unit for unit in st.session_state.get(listed_key, []) if unit not in gone]
    st.session_state[listed_key] = kept + [unit for unit in now if unit not in kept]
    st.session_state[_ON_MAP] = now


def _from_list() -> None:
    """The list was changed by hand: the map is drawn again with it outlined."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_ON_MAP] = []


def _whole_bassin(listed_key: str, units: list[str]) -> None:
    st.session_state[listed_key] = units
    _from_list()


def opened_choice(ols: str, plan: Plan) -> list[str]:
    """Communes whose sections are shown, beside the large, cut and shared ones; in the address."""
    closed = {unit.id: unit.name for unit in parts.units(ols, plan.shared_communes)}
    closed = {code: name for code, name in closed.items() if len(code) == 5}
    asked = st.query_params.get("ouvertes", "").split("-")
    if "ouvertes" not in st.session_state:
        st.session_state["ouvertes"] = [code for code in asked if code in closed]
    kept = [code for code in st.session_state["ouvertes"] if code in closed]
    if kept != st.session_state["ouvertes"]:
        st.session_state["ouvertes"] = kept
    if kept:
        st.query_params["ouvertes"] = "-".join(kept)
    else:
        st.query_params.pop("ouvertes", None)
    st.multiselect(
        "Montrer les sections de",
        list(closed),
        format_func=closed.__getitem__,
        key="ouvertes",
        placeholder="Une commune à partager entre des bassins",
        help=sentences.text("bassins_sections"),
    )
    return kept


# --- Drawing ------------------------------------------------------------------------------------


def workshop(drawing: Drawing) -> None:
    """Tools and map, side by side; the table under them."""
    plan = drawing.plan
    left, right = st.columns([1, 1.55])
    right = right.container(border=True, key="panneau-bassins")
    with right:
        first, second = st.columns(2)
    with first:
        opened = opened_choice(drawing.ols, plan)
    units = parts.units(drawing.ols, {*opened, *plan.shared_communes})
    with second:
        near = _near(drawing, units)
    with left, st.container(border=True, key="panneau-outils"):
        st.subheader("Choisir, puis ranger", anchor=False)
        listed_key, map_key = _keys(drawing)
        chosen = _chosen(units, listed_key)
        if drawing.open:
            _put(drawing, chosen)
            _back_and_forth(drawing)
            _one_bassin(drawing, units, listed_key)
        else:
            cards.sentence(sentences.text("bassins_validee"))
    with right:
        colours = _colours(drawing)
        on_map = st.session_state.get(_ON_MAP, [])
        drawingmap.draw(
            plan,
            units,
            colours,
            tuple(sorted({unit.id for unit in chosen} - set(on_map))),
            near,
            map_key,
            lambda: _from_map(listed_key, map_key),
        )
        _legend(plan, colours)
        cards.source(sentences.on_limits("bassins_carte"))
    with st.container(border=True, key="panneau-tableau"):
        st.subheader("Chaque bassin, maintenant", anchor=False)
        table(plan, colours, f"bassins-{drawing.id}")
    with st.container(border=True, key="panneau-historique"):
        history(drawing)


def _chosen(units: list[Unit], key: str) -> list[Unit]:
    """The list of what is chosen: what a keyboard, or a click on the map, puts there."""
    known = {unit.id: unit for unit in units}
    st.session_state[_LISTED] = set(known)
    kept = [unit for unit in st.session_state.get(key, []) if unit in known]
    st.session_state[key] = kept
    if not kept:
        st.session_state[_ON_MAP] = []
    st.multiselect(
        "Communes et sections choisies",
        list(known),
        format_func=lambda i: known[i].name,
        key=key,
        on_change=_from_list,
        placeholder="Cliquer sur la carte, ou écrire un nom",
    )
    found = [known[unit] for unit in kept]
    if found:
        people = sum(unit.population for unit in found)
        land = sum(unit.hectares for unit in found) / 100
        count = words.plural(len(found), "unité choisie", "unités choisies")
        cards.sentence(
            f"<b>{count}</b> : {words.number(people)} habitants, {words.quantity(land, 'km²')}."
        )
    else:
        cards.source(sentences.text("bassins_choisir"))
    return found


def _told(chosen: list[Unit], where: str) -> str:
    return f"{words.listing([unit.name for unit in chosen], most=3)} → {where}"


def redraw(drawing: Drawing, make: Callable[[], Plan], what: str, why: str = "") -> None:
    """Keep a redraw, and say so."""
    acting.attempt(
        lambda: book.change(
            who.actor(), drawing.id, make(), what, drawing.revision, registry.current_role(), why
        ),
        f"{what}.",
    )


def _put(drawing: Drawing, chosen: list[Unit]) -> None:
    """« Ajouter à… », « Retirer »."""
    plan = drawing.plan
    names = sorted(plan.names, key=lambda bassin: folded(plan.names[bassin]))
    known = {NEW: "Un nouveau bassin"} | {bassin: plan.names[bassin] for bassin in names}
    wanted = str(st.session_state.pop(_TARGET, ""))
    if wanted in known:
        st.session_state["cible"] = wanted
    if st.session_state.get("cible") not in known:
        st.session_state["cible"] = names[0] if names else NEW
    target = str(st.selectbox("Ajouter à", list(known), format_func=known.__getitem__, key="cible"))
    key = f"{drawing.id}-{acting.turn()}"
    name = ""
    if target == NEW:
        name = st.text_input(
            "Nom du nouveau bassin",
            key=f"nom-nouveau-{key}",
            max_chars=plans.NAME_MOST,
            placeholder="Sinon, celui de sa plus grande commune",
        )
    why = st.text_input("Pourquoi (facultatif)", key=f"pourquoi-{key}", max_chars=book.WHY_MOST)
    sections = [section for unit in chosen for section in unit.sections]
    with st.container(horizontal=True):
        add = st.button(
            "Ajouter", type="primary", icon=":material/add:", key="ajouter", shortcut="Alt+A"
        )
        out = st.button("Retirer", icon=":material/remove:", key="retirer", shortcut="Alt+S")
    if add and target == NEW:
        _create(drawing, sections, name, chosen, why)
    elif add:
        redraw(
            drawing,
            lambda: plans.put(plan, sections, target),
            _told(chosen, plan.names[target]),
            why,
        )
    elif out:
        redraw(
            drawing,
            lambda: plans.put(plan, sections, NOWHERE),
            _told(chosen, "hors de tout bassin"),
            why,
        )


def _create(drawing: Drawing, sections: list[str], name: str, chosen: list[Unit], why: str) -> None:
    def make() -> Drawing:
        plan, bassin = plans.create(drawing.plan, sections, name)
        st.session_state[_TARGET] = bassin
        return book.change(
            who.actor(),
            drawing.id,
            plan,
            _told(chosen, f"nouveau bassin « {plan.names[bassin]} »"),
            drawing.revision,
            registry.current_role(),
            why,
        )

    acting.attempt(make, _told(chosen, "nouveau bassin") + ".")


def _back_and_forth(drawing: Drawing) -> None:
    """Undo and redo."""
    role = registry.current_role()
    with st.container(horizontal=True):
        back = st.button(
            "Annuler",
            icon=":material/undo:",
            key="annuler",
            shortcut="Ctrl+Z",
            disabled=not drawing.undoable,
        )
        forth = st.button(
            "Rétablir",
            icon=":material/redo:",
            key="retablir",
            shortcut="Ctrl+Y",
            disabled=not drawing.redoable,
        )
    actor = who.actor()
    if back:
        acting.attempt(
            lambda: book.undo(actor, drawing.id, drawing.revision, role),
            "Dernier changement annulé.",
        )
    if forth:
        acting.attempt(
            lambda: book.redo(actor, drawing.id, drawing.revision, role), "Changement rétabli."
        )


def _one_bassin(drawing: Drawing, units: list[Unit], listed_key: str) -> None:
    """Rename, delete, choose all the units of a bassin."""
    plan = drawing.plan
    if not plan.names:
        return
    with st.expander("Renommer ou défaire un bassin"):
        names = sorted(plan.names, key=lambda bassin: folded(plan.names[bassin]))
        bassin = str(
            st.selectbox(
                "Bassin",
                names,
                format_func=plan.names.__getitem__,
                key=f"bassin-{drawing.id}",
            )
        )
        name = st.text_input(
            "Son nom",
            plan.names[bassin],
            key=f"nom-{bassin}-{acting.turn()}",
            max_chars=plans.NAME_MOST,
        )
        with st.container(horizontal=True):
            renamed = st.button("Renommer", key="renommer")
            gone = st.button("Défaire ce bassin", key="defaire")
            mine = [u.id for u in units if plan.of.get(u.sections[0]) == bassin]
            st.button(
                "Choisir tout ce qu’il contient",
                key="choisir-tout",
                on_click=_whole_bassin,
                args=(listed_key, mine),
            )
        if renamed:
            redraw(
                drawing,
                lambda: plans.rename(plan, bassin, name),
                f"« {plan.names[bassin]} » devient « {name.strip()} »",
            )
        if gone:
            redraw(drawing, lambda: plans.delete(plan, bassin), f"« {plan.names[bassin]} » défait")


# --- The map and its legend ---------------------------------------------------------------------


def _near(drawing: Drawing, units: list[Unit]) -> str:
    """What the map is framed on, kept in the address."""
    plan = drawing.plan
    bassins = sorted(plan.names, key=lambda bassin: folded(plan.names[bassin]))
    communes = data.load().communes["nom"]
    shown = sorted({u.refnis for u in units if len(u.id) > 5}, key=lambda c: folded(communes[c]))
    known = {WHOLE: "Toute l’OLS"}
    known |= {code: f"Commune : {communes[code]}" for code in shown}
    known |= {bassin: f"Bassin : {plan.names[bassin]}" for bassin in bassins}
    state.choice("cadre", list(known), WHOLE)
    return str(
        st.selectbox("Cadrer la carte sur", list(known), format_func=known.__getitem__, key="cadre")
    )


def _colours(drawing: Drawing) -> dict[str, int]:
    """Colours of the bassins, those of the last run where they still do."""
    before = st.session_state.get(_TINTS, {}).get(drawing.id, {})
    found = tints(drawing.plan, len(CATEGORIES), before)
    st.session_state[_TINTS] = {drawing.id: found}
    return found


def _legend(plan: Plan, colours: dict[str, int]) -> None:
    """Colour and name of each bassin, in words for who does not see colours."""
    items = [
        f'<li><span style="background:{CATEGORIES[colours[b]]}"></span>{escape(name)}</li>'
        for b, name in sorted(plan.bassins, key=lambda pair: folded(pair[1]))
    ]
    if plan.nowhere:
        paper = theme.tokens().paper
        items.append(f'<li><span style="background:{paper}"></span>dans aucun bassin</li>')
    st.html(
        f'<ul class="legende noms bordee" aria-label="Bassins de la carte">{"".join(items)}</ul>'
    )


# --- What each bassin is ------------------------------------------------------------------------

HEADS = [
    "Bassin",
    "Habitants",
    "Repère",
    "km²",
    "Hab. par km²",
    "0–17 ans",
    "65 ans et plus",
    "80 ans et plus",
    "D’un bout à l’autre",
    "D’un seul tenant",
]


def table(plan: Plan, colours: dict[str, int], name: str) -> None:
    """The live facts of a plan, and what is in no bassin."""
    found = facts.of(plan)
    most = max(GUIDE_END, int(found["population"].max())) if len(found) else GUIDE_END
    lines = ""
    for bassin, row in found.sort_values("label", key=lambda s: s.map(folded)).iterrows():
        mark = "<sup>°</sup>" if row["commune_entiere"] else ""
        numbers = [
            words.number(row["km2"], 1),
            words.number(row["densite"]),
            *(words.quantity(row[i], "%", 1) + mark for i in facts.AGES),
            words.quantity(row["largeur_km"], "km"),
        ]
        fill = CATEGORIES[colours[str(bassin)]]
        pieces = "oui" if row["morceaux"] == 1 else f"non : {row['morceaux']} morceaux"
        lines += (
            f'<tr><th scope="row"><span class="nomme"><i style="background:{fill}"></i>'
            f"<span>{escape(str(row['label']))}</span></span></th>"
            f'<td class="nombre"><b>{words.number(row["population"])}</b></td>'
            f"<td>{_guide(int(row['population']), most)}</td>"
            + "".join(f'<td class="nombre">{cell}</td>' for cell in numbers)
            + f"<td>{pieces}</td></tr>"
        )
    cards.sentence(summary(plan))
    if lines:
        tables.show("Bassins de la proposition", HEADS, lines, (1, 3, 4, 5, 6, 7, 8), tall=True)
        if found["commune_entiere"].any():
            cards.source(f"° {sentences.text('bassins_commune_entiere')}")
    cards.source(sentences.on_limits("bassins_source"))
    if lines:
        cards.download(found, name, about("Bassins de la proposition"), "Télécharger ce tableau")


def _guide(population: int, most: int) -> str:
    """Where a population stands beside the guide: a fading band and a tick, and the words."""
    said = facts.sentence_guide(population)
    start, at = 100 * facts.GUIDE / most, 100 * min(population, most) / most
    return (
        f'<span class="repere-guide" aria-hidden="true" style="--debut:{start:.1f}%">'
        f'<i style="left:{at:.1f}%"></i></span><span class="lecteur">{said}</span>'
    )


def summary(plan: Plan) -> str:
    """Bassins, inhabitants, guide, what is nowhere or in pieces; safe HTML."""
    found = facts.of(plan)
    outside = facts.nowhere(plan)
    count = words.plural(len(found), "bassin")
    total = int(found["population"].sum()) + int(outside["population"].sum())
    said = [f"<b>{count}</b> pour {words.number(total)} habitants"]
    if len(found):
        low, high = int(found["population"].min()), int(found["population"].max())
        said[0] += f", de {words.number(low)} à {words.number(high)}"
        under = int((found["population"] < facts.GUIDE).sum())
        if under:
            said.append(f"{under} sous le repère de {words.number(facts.GUIDE)}")
    text = " ; ".join(said) + "."
    if len(outside):
        names = words.listing([str(name) for name in outside["nom"]], most=6)
        count = words.plural(len(outside), "section")
        people = words.number(int(outside["population"].sum()))
        text += f" <b>Dans aucun bassin</b> : {count}, {people} habitants ({escape(names)})."
    else:
        text += " Toute l’OLS est dans un bassin, et aucun ne la dépasse."
    apart = found.loc[found["morceaux"] > 1, "label"]
    if len(apart):
        text += f" En plusieurs morceaux : {escape(words.listing(list(apart)))}."
    return text


# --- Who, why, when -----------------------------------------------------------------------------


def history(drawing: Drawing) -> None:
    """Comments, and every change with its author's role, its reason and its moment."""
    st.subheader("Commentaires et historique", anchor=False)
    changes = book.history(who.actor(), drawing.id)
    text = st.text_input(
        "Commentaire",
        key=f"commentaire-{drawing.id}-{acting.turn()}",
        max_chars=book.COMMENT_MOST,
        help="Sur les lieux et les raisons, jamais sur une personne.",
    )
    if st.button("Ajouter le commentaire", key="commenter"):
        acting.attempt(
            lambda: book.comment(who.actor(), drawing.id, text, registry.current_role()),
            "Commentaire ajouté.",
        )
    comments = [change for change in changes if change.action == book.COMMENT]
    for change in comments:
        st.html(f'<p class="phrase">{escape(change.what)} {_by(change)}</p>')
    lines = "".join(
        f"<li>{escape(words.spaced(change.what))}"
        f"{escape(words.spaced(f' : {change.why}')) if change.why else ''} {_by(change)}</li>"
        for change in changes
        if change.action != book.COMMENT
    )
    count = words.plural(len(changes) - len(comments), "changement")
    st.html(f"<details><summary>{count}</summary><ol reversed>{lines}</ol></details>")


def _by(change: book.Change) -> str:
    role = ROLES.get(change.role, change.role)
    return (
        f'<span class="source">({escape(role)}, {french_date(change.at)}, '
        f"{change.at[11:16]} UTC)</span>"
    )


def about(title: str) -> About:
    """What a table of drawn bassins says of itself."""
    return About(
        title,
        "Statbel, population par secteur statistique, 1/1/2024, et fiches des indicateurs montrés",
        "2024",
        "CC BY 4.0",
        "Bassins dessinés dans cet outil : aucun arrêté ne les fixe.",
    )
