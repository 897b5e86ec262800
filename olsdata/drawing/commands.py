"""`python -m olsdata bassins …`: list, propose, export and import the bassins that the OLS draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from olsdata import words
from olsdata.commandline import Commands
from olsdata.drawing import book, facts, files, starts
from olsdata.drawing.plan import Plan
from olsdata.exports.tables import put_text, to_csv
from olsdata.notes.actors import LOCAL
from olsdata.tables import DataError

app = Commands("Bassins de vie dessinés : lister, proposer, exporter, importer.")

Ols = Annotated[str, typer.Option("--ols", help="Numéro de l'OLS, 01 à 10")]
Name = Annotated[str, typer.Option("--nom", help="Nom de la proposition à garder")]
CURRENT = "en-vigueur"


def _tell(plan: Plan) -> None:
    table = facts.of(plan)
    if len(table):
        low, high = table["population"].min(), table["population"].max()
        typer.echo(
            f"{words.plural(len(table), 'bassin')}, de {words.number(low)} à {words.number(high)} "
            f"habitants ; {words.plural(len(plan.nowhere), 'section')} dans aucun bassin.",
            err=True,
        )


@app.command()
def lister(ols: Ols = "", csv: Annotated[bool, typer.Option("--csv")] = False) -> None:
    """Propositions gardées : identifiant, OLS, nom, statut, bassins, habitants."""
    lines = []
    for item in book.drawings(LOCAL, ols):
        people = facts.of(item.plan)["population"]
        lines.append(
            {
                "id": item.id,
                "ols": item.ols,
                "nom": item.name,
                "statut": book.STATUS[item.status],
                "bassins": len(people),
                "habitants_min": people.min() if len(people) else None,
                "habitants_max": people.max() if len(people) else None,
                "sections_sans_bassin": len(item.plan.nowhere),
                "modifiee": item.updated[:10],
            }
        )
    columns = ["id", "ols", "nom", "statut", "bassins", "habitants_min", "habitants_max"]
    frame = pd.DataFrame(lines, columns=[*columns, "sections_sans_bassin", "modifiee"])
    frame = frame.set_index("id")
    if csv:
        put_text(to_csv(frame))
    else:
        typer.echo(frame.to_string() if len(frame) else "Aucune proposition.")


@app.command()
def proposer(
    ols: Ols,
    minimum: Annotated[int, typer.Option(help="Habitants du plus petit bassin")] = 15_000,
    nom: Name = "",
) -> None:
    """Calcule des bassins d'un minimum d'habitants ; CSV, ou proposition gardée avec --nom."""
    plan = starts.propose(ols, minimum)
    _tell(plan)
    if not nom:
        put_text(to_csv(files.export_frame(plan)))
        return
    origin = f"calcul, au moins {minimum} habitants par bassin (PySAL spopt, MaxP)"
    typer.echo(book.start(LOCAL, plan, nom, origin).id)


@app.command()
def exporter(
    proposition: Annotated[
        str, typer.Argument(help="Identifiant (voir « lister »), ou « en-vigueur » avec --ols")
    ],
    ols: Ols = "",
    geojson: Annotated[bool, typer.Option("--geojson", help="GeoJSON au lieu du CSV")] = False,
) -> None:
    """Écrit les bassins d'une proposition en CSV ou en GeoJSON."""
    if proposition == CURRENT:
        plan, status = starts.start("vigueur", ols), "en vigueur"
    else:
        item = book.get(LOCAL, proposition)
        plan, status = item.plan, book.STATUS[item.status]
    if not plan.names:
        raise DataError("Cette proposition n’a aucun bassin.")
    if geojson:
        put_text(files.export_geojson(plan, status).decode("utf-8"))
    else:
        put_text(to_csv(files.export_frame(plan)))


@app.command()
def importer(
    fichier: Annotated[Path, typer.Argument(help="CSV ou GeoJSON de bassins")],
    ols: Ols,
    nom: Name,
) -> None:
    """Fait d'un fichier une proposition ; avec une seule faute, rien n'est gardé."""
    report = files.read_file(fichier, ols)
    for line in report.faults:
        typer.echo(f"✗ {line}", err=True)
    if report.plan is None:
        typer.echo("Rien n’a été changé.", err=True)
        raise typer.Exit(1)
    for notice in report.notices:
        typer.echo(notice, err=True)
    _tell(report.plan)
    origin = f"fichier « {fichier.name} »"[: book.WHY_MOST]
    typer.echo(book.start(LOCAL, report.plan, nom, origin).id)
