"""`python -m olsdata decoupage …`: check, import, compare, take back a zoning."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from olsdata import local, tables, words
from olsdata.commandline import Commands, agreed
from olsdata.decoupages import compare as comparing
from olsdata.decoupages import report as reports
from olsdata.exports.tables import put
from olsdata.local import zonings
from olsdata.tables import DataError
from olsdata.territory import Zoning

app = Commands("Découpages des OLS et des bassins : vérifier, importer, comparer, retirer.")

SHIPPED, CURRENT = "livre", "en-vigueur"

File = Annotated[Path, typer.Argument(help="CSV : zone et commune (REFNIS, nom, code postal)")]
LevelOf = Annotated[str, typer.Option("--niveau", help="ols ou bassin")]
STATES = ", ".join(tables.ZONING_STATES)


@app.command()
def verifier(fichier: File, niveau: LevelOf = "ols") -> None:
    """Dit ce qu'une liste changerait, sans rien changer ; sortie 1 s'il y a une erreur."""
    meta = {"statut": "atelier", "source": fichier.name, "date": date.today().isoformat()}
    report = reports.check(fichier, niveau, meta)
    _tell(report)
    if report.faults:
        raise typer.Exit(1)


@app.command()
def importer(
    fichier: File,
    source: Annotated[str, typer.Option(help="Qui fixe ce découpage, et par quel acte")],
    quand: Annotated[str, typer.Option("--date", help="Date de l'acte, JJ/MM/AAAA")],
    statut: Annotated[str, typer.Option(help=STATES)] = "officiel",
    niveau: LevelOf = "ols",
    lien: Annotated[str, typer.Option(help="Adresse de l'acte")] = "",
    nom: Annotated[str, typer.Option(help="Nom du découpage")] = "",
    oui: Annotated[bool, typer.Option("--oui", help="Ne pas demander de confirmation")] = False,
) -> None:
    """Met une liste en vigueur ; le découpage d'avant reste disponible."""
    meta = {"statut": statut, "source": source, "date": quand, "lien": lien, "label": nom}
    report = reports.check(fichier, niveau, meta)
    _tell(report)
    if report.faults:
        typer.echo("Rien n’a été changé.", err=True)
        raise typer.Exit(1)
    if not oui and not agreed("Mettre ce découpage en vigueur ?"):
        raise typer.Abort
    version = reports.adopt(report)
    typer.echo(f"✓ En vigueur : {version.about['label']}, {version.zones} zones ({version.id}).")
    typer.echo("Pour revenir au précédent : python -m olsdata decoupage retirer" + _level(niveau))


@app.command()
def retirer(
    niveau: LevelOf = "ols",
    tout: Annotated[bool, typer.Option("--tout", help="Jusqu'au découpage livré")] = False,
) -> None:
    """Remet en vigueur le découpage précédent ; tous restent disponibles."""
    version = reports.restore(niveau, "") if tout else reports.back(niveau)
    typer.echo(f"✓ En vigueur : {version.about['label']} ({version.id or SHIPPED}).")


@app.command()
def liste(niveau: LevelOf = "ols", csv: Annotated[bool, typer.Option("--csv")] = False) -> None:
    """Les découpages d'un niveau : identifiant, nom, statut, source, date, en vigueur ou non."""
    rows = [
        (
            version.id or SHIPPED,
            *(version.about.get(key, "") for key in ("label", "statut", "source", "date")),
            version.zones,
            "oui" if version.in_force else "",
        )
        for version in local.history(niveau)
    ]
    columns = ["id", "nom", "statut", "source", "date", "zones", "en_vigueur"]
    put(pd.DataFrame(rows, columns=columns).set_index("id"), csv)


TABLES = ("zones", "deplacements", "structures")


@app.command()
def comparer(
    a: Annotated[str, typer.Argument(help=f"{SHIPPED}, {CURRENT}, identifiant ou fichier")],
    b: Annotated[str, typer.Argument(help="De même")],
    niveau: LevelOf = "ols",
    tableau: Annotated[str, typer.Option(help=", ".join(TABLES))] = "zones",
    csv: Annotated[bool, typer.Option("--csv")] = False,
) -> None:
    """Compare deux découpages : habitants, ce qui bouge, structures d'un seul tenant ou non."""
    if tableau not in TABLES:
        raise DataError(f"Tableau inconnu : « {tableau} ». Tableaux : {', '.join(TABLES)}.")
    found = comparing.compare(_zoning(a, niveau), _zoning(b, niveau))
    typer.echo(found.sentence, err=True)
    frames = {
        "zones": found.zones,
        "deplacements": found.moves.set_index("refnis"),
        "structures": found.structures,
    }
    put(frames[tableau], csv)


def _zoning(asked: str, level: str) -> Zoning:
    """A zoning by its version, or made from a file."""
    if asked == SHIPPED:
        return zonings.zoning(level, "")
    if asked == CURRENT:
        return zonings.zoning(level, local.in_force(level).id)
    if asked in {version.id for version in local.history(level)}:
        return zonings.zoning(level, asked)
    path = Path(asked)
    if not path.exists():
        raise DataError(f"Ni un découpage connu, ni un fichier : « {asked} ».")
    meta = {"statut": "atelier", "source": path.name, "date": date.today().isoformat()}
    report = reports.check(path, level, meta)
    if report.zoning is None:
        raise DataError("\n".join([f"{path.name} :", *report.faults]))
    return report.zoning


def _level(level: str) -> str:
    return "" if level == "ols" else f" --niveau {level}"


def _tell(report: reports.Report) -> None:
    """The report, as lines."""
    typer.echo(f"{report.recognised}.")
    for line in report.remarks:
        typer.echo(f"· {line}")
    if report.change is not None:
        shown = report.zones.assign(
            habitants_2024=report.zones["habitants_2024"].round().astype(int),
            habitants_2026=report.zones["habitants_2026"].round().astype(int),
        )
        typer.echo(shown.to_string())
        typer.echo(report.change.sentence)
        for row in report.change.moves.itertuples():
            people = words.number(row.habitants)
            typer.echo(
                f"· {row.commune} ({row.partie}) : {row.de} → {row.vers}, {people} habitants"
            )
    for line in report.warnings:
        typer.echo(f"! {line}")
    for line in report.faults:
        typer.echo(f"✗ {line}", err=True)
