"""Command line of the refresh: ``python -m olsdata maj``."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from olsdata import tables, words
from olsdata.commandline import agreed
from olsdata.sources import update
from olsdata.sources.incoming import Difference
from olsdata.tables import DataError

MOST_LINES = 10


def refresh(
    source: str,
    cards: Sequence[str],
    file: str,
    *,
    a_blanc: bool,
    yes: bool,
    back: bool,
) -> None:
    """Show what would change, ask, then change it; sortie 1 when an answer was refused.

    Raises
    ------
    DataError
        If the source is unknown or the file is refused.
    """
    if back:
        gone = update.withdraw(cards)
        typer.echo(f"✓ Retiré : {', '.join(gone)}. Les chiffres livrés sont de nouveau montrés.")
        return
    if source not in update.SOURCES:
        raise DataError(f"Source inconnue : « {source} ». Sources : {', '.join(update.SOURCES)}.")
    if source == update.STATBEL and not file:
        raise DataError(
            "Statbel se lit d’un fichier téléchargé à la main : --fichier "
            "TF_SOC_POP_STRUCT_AAAA.zip ou --fichier TF_PSNL_INC_TAX_MUNTY.xlsx."
        )
    if file:
        plan = update.located(file, cards[0] if cards else "")
    else:
        plan = update.ask(cards, lambda _, __, title: _say(f"… {title}"))
    for one in plan.differences:
        for line in lines(one):
            typer.echo(line)
    for fault in plan.faults:
        _say(f"✗ {fault}")
    if not plan.ready or a_blanc:
        _say("Rien n’a été changé.")
    elif yes or agreed("Garder ces chiffres dans la couche locale ?"):
        update.keep(plan)
        typer.echo(f"✓ Gardé. Version des données : {tables.load().version}.")
    else:
        _say("Rien n’a été changé.")
    if plan.faults:
        raise typer.Exit(1)


def lines(one: Difference) -> list[str]:
    """A difference in French: one line, then the communes that move or vanish."""
    names = tables.load().communes["nom"]
    found = [f"• {one.sentence}"]
    for code, row in list(one.changed.iterrows())[:MOST_LINES]:
        before, after = (words.number(float(row[c]), one.decimals) for c in ("avant", "apres"))
        found.append(f"    {names[code]} : {before} → {after} {one.unit}")
    if len(one.changed) > MOST_LINES:
        found.append(f"    … et {len(one.changed) - MOST_LINES} autres.")
    if one.vanished:
        gone = words.listing([str(names[code]) for code in one.vanished], most=MOST_LINES)
        found.append(f"    n’ont plus de valeur : {gone}")
    return found + [f"    {sentence}" for sentence in one.said]


def _say(text: str) -> None:
    typer.echo(text, err=True)
