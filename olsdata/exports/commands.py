"""Documents from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from olsdata import local, territory
from olsdata.exports import portrait
from olsdata.notes import actors
from olsdata.tables import DataError
from olsdata.territory import WALLONIE, Zone


def portraits(
    ols: Annotated[str, typer.Option("--ols", help="Numéro, p. ex. 05, ou « wallonie »")] = "",
    pdf: Annotated[Path | None, typer.Option("--pdf", help="PDF à écrire")] = None,
    docx: Annotated[Path | None, typer.Option("--docx", help="DOCX à écrire")] = None,
    tous: Annotated[
        Path | None, typer.Option("--tous", help="Dossier où écrire le PDF de chaque OLS")
    ] = None,
) -> None:
    """Portrait de territoire : PDF accessible, DOCX à modifier ; --tous pour toutes les OLS."""
    zones = territory.zoning("ols")
    if tous is not None:
        if ols or pdf or docx:
            raise DataError("--tous écrit le PDF de chaque OLS : sans --ols, --pdf ni --docx.")
        try:
            tous.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"Dossier « {tous} » : {error.strerror or error}.") from None
        for id_ in zones.zones.index:
            zone = zones.zone(str(id_))
            _write(zone, tous / f"{portrait.file_name(zone)}.pdf", None)
        return
    if not ols:
        raise DataError("il manque l’option --ols (p. ex. --ols 05), ou --tous DOSSIER.")
    if pdf is None and docx is None:
        raise DataError("il manque --pdf FICHIER ou --docx FICHIER.")
    _write(territory.find(WALLONIE) if ols == WALLONIE else zones.zone(ols), pdf, docx)


def _write(zone: Zone, pdf: Path | None, docx: Path | None) -> None:
    """Make the portrait of a territory and write it, whole or not at all."""
    from olsdata.exports.pdf import to_pdf
    from olsdata.exports.word import to_docx

    page = portrait.build(zone, actors.LOCAL)
    for path, made in ((pdf, to_pdf), (docx, to_docx)):
        if path is not None:
            written(path, made(page))
            typer.echo(f"✓ {zone.title} : {path}")


def written(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    if not path.parent.is_dir():
        raise DataError(f"« {path} » n’a pas pu être écrit : son dossier n’existe pas.")
    try:
        local.replace(path, content)
    except OSError as error:
        raise DataError(f"« {path} » n’a pas pu être écrit ({error.strerror or error}).") from None
