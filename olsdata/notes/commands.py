"""`python -m olsdata notes …`: add, export, import, save and restore notes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from olsdata.commandline import Commands
from olsdata.exports.tables import put_text
from olsdata.notes import book, files, guard, lists
from olsdata.notes.actors import LOCAL
from olsdata.notes.content import Content
from olsdata.tables import DataError

app = Commands("Notes de terrain : ajouter, exporter, importer, sauvegarder, restaurer.")

FROM_HERE = "facilitateur"


def _ids(values: dict[str, str]) -> str:
    return ", ".join(values)


@app.command()
def ajouter(
    texte: Annotated[str, typer.Option(help="1 000 caractères au plus, sans nom ni détail")],
    lieu: Annotated[str, typer.Option(help="OLS, bassin, commune ou section, p. ex. 05")] = "",
    indicateur: Annotated[str, typer.Option(help="Identifiant d’une fiche")] = "",
    theme: Annotated[str, typer.Option(help=_ids(lists.THEMES))] = "",
    sorte: Annotated[str, typer.Option(help=_ids(lists.SORTS))] = "note",
    genre: Annotated[str, typer.Option(help=_ids(lists.KINDS))] = "",
    sens: Annotated[str, typer.Option(help=_ids(lists.DIRECTIONS))] = "sans",
    force: Annotated[int, typer.Option(help="1, 2 ou 3")] = 1,
    confiance: Annotated[str, typer.Option(help=_ids(lists.CONFIDENCE))] = "faible",
    source: Annotated[str, typer.Option(help=_ids(lists.SOURCES))] = "observation",
    voix: Annotated[str, typer.Option(help=_ids(lists.VOICES))] = "une",
    role: Annotated[str, typer.Option(help=_ids(lists.AUTHORS))] = FROM_HERE,
    date: Annotated[str, typer.Option(help="JJ/MM/AAAA ; aujourd’hui par défaut")] = "",
    revoir: Annotated[str, typer.Option(help="JJ/MM/AAAA ; un an après par défaut")] = "",
    visibilite: Annotated[str, typer.Option(help=_ids(lists.VISIBILITY))] = "ols",
    pour_qui: Annotated[str, typer.Option(help="Besoin : pour qui")] = "",
    manque: Annotated[str, typer.Option(help=f"Besoin : {_ids(lists.MISSING)}")] = "",
    obstacle: Annotated[str, typer.Option(help=f"Besoin : {_ids(lists.OBSTACLES)}")] = "autre",
    niveau: Annotated[str, typer.Option(help=f"Signal, besoin : {_ids(lists.SIGNAL_LEVELS)}")] = "",
    confirme: Annotated[
        bool, typer.Option("--confirme", help="Garder ce qui est seulement douteux")
    ] = False,
) -> None:
    """Ajoute une note, un besoin, un signal, une opportunité ou une petite victoire."""
    content = Content(
        sort=sorte,
        text=texte,
        place=lieu,
        indicator=indicateur,
        theme=theme,
        kind=genre,
        direction=sens,
        strength=force,
        confidence=confiance,
        source=source,
        voices=voix,
        author=role,
        date=date,
        review_by=revoir,
        visibility=visibilite,
        for_whom=pour_qui,
        missing=manque,
        obstacle=obstacle,
        level=niveau,
    )
    confirmed = guard.doubtful([texte, pour_qui]) if confirme else []
    typer.echo(book.add(LOCAL, content, confirmed).id)


@app.command()
def exporter(
    csv: Annotated[bool, typer.Option("--csv", help="CSV sur la sortie standard")] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard")] = False,
    partage: Annotated[
        str, typer.Option(help="iwpl : seulement ce qui est partagé avec l’IWPL")
    ] = "",
) -> None:
    """Exporte les notes, avec ce qu’il faut pour les importer ailleurs."""
    if csv == json:
        raise DataError("Choisissez --csv ou --json.")
    text = (files.export_csv if csv else files.export_json)(LOCAL, partage)
    put_text(text)


@app.command()
def importer(fichier: Annotated[Path, typer.Argument(help="Export CSV ou JSON")]) -> None:
    """Importe un export de notes ; le refaire ne change rien de plus."""
    report = files.import_notes(LOCAL, fichier)
    if report.faults:
        raise DataError(report.sentence)
    typer.echo(report.sentence)
    for clash in report.conflicts:
        typer.echo(f"Conflit {clash.id} : version gardée, {clash.kept} ; l’autre est archivée.")
    for line in report.refused:
        typer.echo(f"Refusée : {line}", err=True)
    for id_ in report.asked:
        typer.echo(f"Effacement demandé ailleurs, à décider ici : {id_}", err=True)


@app.command()
def sauvegarder(fichier: Annotated[Path, typer.Argument(help="Fichier à écrire")]) -> None:
    """Copie toute la base de données dans un fichier."""
    typer.echo(f"Sauvegarde écrite : {files.backup(LOCAL, fichier)}")


@app.command()
def restaurer(fichier: Annotated[Path, typer.Argument(help="Fichier de sauvegarde")]) -> None:
    """Remet une sauvegarde à la place de la base de données ; garde une copie de l’actuelle."""
    before = files.restore(LOCAL, fichier)
    kept = f" L’ancienne base est gardée : {before}." if before else ""
    typer.echo(f"Base restaurée.{kept}")
