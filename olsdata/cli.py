"""Command line: the same functions as the pages, as CSV on standard output."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from olsdata import (
    catalogue,
    checks,
    compare,
    figures,
    local,
    registry,
    structures,
    tables,
    territory,
)
from olsdata.build import build
from olsdata.commandline import Commands
from olsdata.decoupages.commands import app as zonings_app
from olsdata.drawing.commands import app as drawings_app
from olsdata.equity import blend, field, need
from olsdata.equity import gradient as gradients
from olsdata.equity import proportionality as proportions
from olsdata.equity.units import units
from olsdata.exports import geojson, workbook
from olsdata.exports.commands import portraits, written
from olsdata.exports.tables import put
from olsdata.limits.commands import app as limits_app
from olsdata.notes.actors import LOCAL
from olsdata.notes.commands import app as notes_app
from olsdata.sources import commands
from olsdata.tables import DataError

app = Commands("Territoires des OLS : vérifier, construire, et tirer chaque chiffre en CSV.")

Level = Annotated[str, typer.Option("--niveau", help="ols, bassin, commune ou wallonie")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV (virgule, point) sur la sortie standard")]


def _say(text: str) -> None:
    typer.echo(text, err=True)


@app.command()
def verifier(
    donnees: Annotated[Path, typer.Option(help="Dossier des tables")] = tables.GEODATA,
) -> None:
    """Contrôle toutes les tables, les découpages et les fiches ; sortie 1 s'il y a une erreur."""
    report = checks.run(donnees)
    for line in report.proved:
        typer.echo(f"✓ {line}")
    for line in report.wrong:
        _say(f"✗ {line}")
    if report.wrong:
        raise typer.Exit(1)


@app.command()
def chiffres(
    indicateur: Annotated[str, typer.Option(help="Identifiant de la fiche, p. ex. pct_65p_2021")],
    niveau: Level = "ols",
    csv: Csv = False,
    fichier: Annotated[
        Path | None, typer.Option("--geojson", help="Écrit aussi les zones, avec leurs valeurs")
    ] = None,
) -> None:
    """Valeur d'un indicateur dans chaque zone d'un niveau."""
    zoning = territory.zoning_of(niveau)
    found = _marked(figures.by_zone(indicateur, zoning), zoning.level)
    if fichier is not None:
        about = workbook.of_cards([indicateur], catalogue.card(indicateur).title)
        written(fichier, geojson.of_zones(found, niveau, about))
    put(found, csv)


@app.command()
def population(
    annee: Annotated[int, typer.Option(help="Année (1er janvier)")],
    niveau: Level = "ols",
    csv: Csv = False,
) -> None:
    """Habitants de chaque zone d'un niveau au 1er janvier d'une année."""
    zoning = territory.zoning_of(niveau)
    put(_marked(figures.population(annee, zoning), zoning.level), csv)


@app.command()
def indicateurs(csv: Csv = False) -> None:
    """Liste des fiches : identifiant, titre, unité, année, source, état."""
    rows = [(c.id, c.title, c.unit, c.year, c.source, c.state) for c in catalogue.cards().values()]
    frame = pd.DataFrame(rows, columns=["id", "titre", "unite", "annee", "source", "etat"])
    put(frame.set_index("id"), csv)


@app.command()
def comparer(
    territoires: Annotated[str, typer.Option(help="OLS ou bassins, séparés par des virgules")],
    indicateurs: Annotated[
        str, typer.Option(help="Fiches, besoin ou structures_clps… ; ceux de la page par défaut")
    ] = "",
    reference: Annotated[str, typer.Option(help="wallonie, un territoire, ou 2011")] = "wallonie",
    niveau: Annotated[str, typer.Option("--niveau", help="ols ou bassin")] = "ols",
    csv: Csv = False,
) -> None:
    """Les mêmes indicateurs dans deux à dix territoires, et l'écart à un repère (sans rang)."""
    zones, asked = _listed(territoires), _listed(indicateurs) or compare.START
    put(compare.table(zones, asked, niveau, reference), csv)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@app.command()
def maj(
    source: Annotated[str, typer.Option(help="walstat (la seule source à interroger)")] = "walstat",
    fiche: Annotated[
        list[str] | None, typer.Option(help="Fiches à actualiser ; toutes si aucune n’est donnée")
    ] = None,
    fichier: Annotated[
        str, typer.Option(help="Fichier téléchargé à la main (WalStat, Statbel), ou son adresse")
    ] = "",
    a_blanc: Annotated[bool, typer.Option("--a-blanc", help="Montre sans rien changer")] = False,
    oui: Annotated[bool, typer.Option("--oui", help="Applique sans poser la question")] = False,
    retirer: Annotated[
        bool, typer.Option("--retirer", help="Revient aux chiffres livrés avec le tableau de bord")
    ] = False,
) -> None:
    """Actualise les chiffres dans la couche locale ; montre d'abord ce qui changerait."""
    commands.refresh(source, fiche or [], fichier, a_blanc=a_blanc, yes=oui, back=retirer)


@app.command()
def construire(
    donnees: Annotated[Path, typer.Option(help="Dossier des tables")] = tables.GEODATA,
    servi: Annotated[Path, typer.Option(help="Dossier des fichiers servis")] = tables.STATIC,
) -> None:
    """Refait les limites servies, les sections et la grille des bassins."""
    build(donnees, servi, say=_say)


Kind = Annotated[str, typer.Option("--type", help="Type de structure, p. ex. clps")]

registry_app = Commands("Structures : couverture et densité ; importer, exporter.")
app.add_typer(registry_app, name="structures")
app.add_typer(notes_app, name="notes")
app.add_typer(zonings_app, name="decoupage")
app.add_typer(drawings_app, name="bassins")
app.command("portrait")(portraits)
app.add_typer(limits_app, name="contours")


@registry_app.callback(invoke_without_command=True)
def structures_(
    context: typer.Context, kind: Kind = "", niveau: Level = "ols", csv: Csv = False
) -> None:
    """Structures d'un type dans chaque zone : allouées, couverture, densité, règle."""
    if context.invoked_subcommand:
        return
    if not kind:
        raise DataError("il manque l’option --type. Voir : python -m olsdata --help")
    found = structures.density(structures.type_(kind).id, territory.zoning_of(niveau))
    put(_marked(found[DENSITY], niveau), csv)


@registry_app.command()
def importer(
    fichier: Annotated[Path, typer.Argument(help="Registre en CSV, comme l’écrit « exporter »")],
    role: Annotated[str, typer.Option(help=", ".join(registry.ROLES))] = "facilitateur",
) -> None:
    """Prend un registre en CSV : les lignes nouvelles deviennent des propositions du terrain."""
    report = registry.import_csv(LOCAL, fichier, role)
    for line in report.faults:
        _say(f"✗ {line}")
    if report.faults:
        _say("Rien n’a été changé.")
        raise typer.Exit(1)
    typer.echo(f"✓ {report.sentence}")


@registry_app.command()
def exporter() -> None:
    """Écrit tout le registre en CSV : lignes sourcées, puis propositions du terrain."""
    put(registry.export_frame(), as_csv=True)


@app.command()
def coherence(kind: Kind, niveau: Level = "ols", csv: Csv = False) -> None:
    """Part de la population de chaque structure d'un type dans chaque zone."""
    put(_long(structures.coherence(structures.type_(kind).id, territory.zoning_of(niveau))), csv)


DENSITY = [
    "label",
    "structures_allouees",
    "touchent",
    "habitants",
    "part_couverte_min",
    "part_couverte_max",
    "densite_100k",
    "regle",
    "recenses",
    "avec_zone",
    "publies",
    "statut",
]


def _long(matrix: pd.DataFrame) -> pd.DataFrame:
    """Structures × zones as one row per pair that shares inhabitants; index structure."""
    long = matrix.rename_axis(index="structure", columns="zone").stack().rename("part_population")
    return long[long > 0].reset_index("zone")


# --- Universalisme proportionné -----------------------------------------------------------------

WeightsFile = Annotated[
    Path | None,
    typer.Option("--poids", help="CSV indicateur,poids ; un indicateur qui n'y est pas pèse zéro"),
]


def _weights(path: Path | None) -> need.Weights:
    return need.default_weights() if path is None else need.read_weights(path)


@app.command()
def besoin(niveau: Level = "ols", poids: WeightsFile = None, csv: Csv = False) -> None:
    """Indice de besoin de chaque zone, sa marge, son groupe (aucun classement)."""
    weights = _weights(poids)
    found = need.by_zone(weights, units(niveau))
    if gaps := need.without_index(weights):
        _say(gaps)
    put(_marked(found, niveau), csv)


@app.command()
def gradient(
    ressource: Annotated[str, typer.Option(help="pharmacies, kines, lits_hopital ou un type")],
    niveau: Level = "commune",
    poids: WeightsFile = None,
    centre: Annotated[
        bool, typer.Option("--centre", help="Retire le ½ des tirages, comme la page")
    ] = False,
    csv: Csv = False,
) -> None:
    """Une ressource par habitant selon le besoin : sii (par habitant), rii, rci."""
    found = gradients.gradient(ressource, niveau, _weights(poids), centred=centre)
    if found.why:
        _say(found.why)
    elif found.why_no_band:
        _say(found.why_no_band)
    row = {
        "ressource": found.resource.id,
        "niveau": niveau,
        "n": found.count,
        "sii": found.sii,
        "sii_bas": found.sii_band[0],
        "sii_haut": found.sii_band[1],
        "rii": found.rii,
        "rci": found.rci,
    }
    put(pd.DataFrame([row]).set_index("ressource"), csv)


@app.command()
def proportionnalite(
    kind: Annotated[str, typer.Option("--type", help="Ressource ou type de structure")],
    niveau: Level = "ols",
    k: Annotated[float, typer.Option(help="Poids là où le besoin est le plus grand, 1 à 3")] = 2.0,
    poids: WeightsFile = None,
    csv: Csv = False,
) -> None:
    """Part de la ressource sur part du besoin de chaque zone (1 = proportionné)."""
    found = proportions.proportionality(kind, niveau, k, _weights(poids))
    if found.withheld:
        _say(found.withheld)
    frame = found.zones.assign(ressource=kind)
    columns = ["label", "ressource", "part_ressource", "part_besoin", "rapport", "log2"]
    put(_marked(frame[columns], niveau), csv)


def _field_notes() -> pd.DataFrame:
    """Notes that the lecture croisée reads (``blend.NOTES``)."""
    return field.field().table


@app.command("lecture-croisee")
def lecture_croisee(
    niveau: Level = "bassin",
    lam: Annotated[float, typer.Option("--lambda", help="Poids du terrain, 0 à 1")] = 0.5,
    poids: WeightsFile = None,
    csv: Csv = False,
) -> None:
    """Ce que disent les chiffres, le terrain, et les deux, par zone et par thème."""
    found = blend.cross_reading(_field_notes(), niveau, lam, _weights(poids), titles=field.TITLES)
    put(found[["theme", "chiffre", "terrain", "melange", "etat", "notes"]], csv)


@app.command("compiler-besoins")
def compiler_besoins(
    xlsx: Annotated[Path | None, typer.Option(help="Classeur à écrire")] = None,
    docx: Annotated[Path | None, typer.Option(help="Document à écrire")] = None,
) -> None:
    """Rassemble pour le Forum ce que les OLS partagent avec l'IWPL (art. 24), et rien d'autre."""
    from olsdata.exports import forum
    from olsdata.notes import actors

    if xlsx is None and docx is None:
        raise DataError("il manque l’option --xlsx ou --docx. Voir : python -m olsdata --help")
    found = forum.compile_(
        actors.LOCAL, step=lambda share, what: _say(f"{100 * share:.0f} % {what}")
    )
    for path, make in ((xlsx, forum.to_xlsx), (docx, forum.to_docx)):
        if path is not None:
            written(path, make(found))
            typer.echo(f"✓ {path}")


def _marked(frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """At commune level, the German-speaking communes are marked in their label."""
    if level != "commune":
        return frame
    apart = frame.index.isin(territory.outside().index)
    label = frame["label"].where(~apart, frame["label"] + " (germanophone, hors OLS)")
    return frame.assign(label=label)


def _worded(error: typer.TyperException) -> str:
    """A usage error of the command line as a French sentence."""
    kind = type(error).__name__
    param = getattr(error, "param", None)
    option = getattr(error, "option_name", "") or (param.opts[0] if param is not None else "")
    quoted = re.search(r"'(.*)'|\((?!s\))(.*)\)", error.message)
    what = next((text for text in quoted.groups() if text), "") if quoted else error.message
    whole = ", un nombre entier est attendu" if "integer" in error.message else ""
    whole = ", un nombre est attendu" if "valid number" in error.message else whole
    argument = getattr(param, "param_type_name", "") == "argument"
    sentences = {
        "NoArgsIsHelpError": "il manque une commande.",
        "MissingParameter": f"il manque l’{'argument' if argument else 'option'} {option}.",
        "NoSuchOption": f"option inconnue, « {option} ».",
        "BadOptionUsage": f"l’option {option} est mal employée (valeur absente ou de trop).",
        "BadParameter": f"valeur refusée pour {option}{whole}.",
    }
    unknown = f"commande ou argument inconnu, « {what} »."
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "python -m olsdata"
    return f"{sentences.get(kind, unknown)} Voir : {command} --help"


def main() -> None:
    """Run the command line; what is wrong is one French sentence and exit code 1."""
    for stream in (sys.stdout, sys.stderr):  # Windows would write in its own code page
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        local.refresh()
        sys.exit(app(standalone_mode=False, prog_name="python -m olsdata"))
    except DataError as error:
        _say(f"Erreur : {error}")
    except typer.TyperException as error:
        _say(f"Erreur : {_worded(error)}")
    except typer.Abort:
        _say("Interrompu.")
    sys.exit(1)
