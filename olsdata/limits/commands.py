"""`python -m olsdata contours …`: put official limits in force, go back to those shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from olsdata.commandline import Commands
from olsdata.limits import importing

app = Commands("Limites officielles : importer un fichier de Statbel, le retirer.")


@app.command()
def importer(
    fichier: Annotated[Path, typer.Argument(help="GeoPackage, GeoJSON ou zip de Shapefile")],
    date: Annotated[str, typer.Option(help="Date des limites, si le fichier ne la dit pas")] = "",
) -> None:
    """Remplace les limites approchées par celles d'un fichier de secteurs ou de communes."""
    report = importing.import_file(
        fichier, date, tell=lambda line, share: typer.echo(f"{share:4.0%} {line}", err=True)
    )
    for line in report.remarks:
        typer.echo(f"· {line}")
    typer.echo(f"✓ Limites en vigueur : {report.limits.label}.")
    typer.echo(report.sentence)


@app.command()
def retirer() -> None:
    """Revient aux limites approchées livrées avec le projet."""
    importing.withdraw()
    typer.echo("✓ Les limites approchées livrées sont en vigueur.")
