"""How far the zonings can be trusted, in words: official, provisional, drawn here, adopted here."""

from __future__ import annotations

from dataclasses import dataclass

from olsdata import contours, phrases, territory, words
from olsdata.local import shapes
from olsdata.territory import Zoning

NOUNS = {"ols": ("Territoire", "Territoires"), "bassins": ("Bassin", "Bassins")}


@dataclass(frozen=True)
class Badge:
    """A short text, the reason for it, and whether it is hatched (not official)."""

    text: str
    why: str
    hatched: bool


def badge(zoning: Zoning, ols: str = "") -> Badge:
    """The badge of a zoning in force ("ols", "bassins").

    Parameters
    ----------
    ols : the OLS whose zones are looked at, "" for all of them
    """
    one, many = NOUNS[zoning.id]
    official = zoning.id == "ols" and zoning.status == "officiel"
    status = zoning.status_in(ols)
    text = f"{one} officiel" if official else f"{many} {words.standing(status)}"
    return Badge(text, f"{zoning.source}.{_adopted(zoning)}", status != "officiel")


def _adopted(zoning: Zoning) -> str:
    """« Découpage local … », "" for a zoning that the project ships."""
    day = words.day(zoning.adopted)
    return f" Découpage local « {zoning.label} », adopté ici le {day}." if day else ""


def limits() -> Badge:
    """The badge of the limits in force: approximate, or from a file."""
    found = shapes.limits()
    if found is None:
        return Badge(contours.label(), phrases.text("limites"), True)
    why = phrases.text(f"limites_{found.kind}")
    imported = f"Importées sur cette machine le {words.day(found.imported)}."
    return Badge(contours.label(), f"{imported} {why}", False)


def order() -> str:
    """In which order the territories stand on the home page, and which communes they share."""
    ols = territory.zoning("ols")
    if not ols.adopted:
        return phrases.text("accueil_ordre")
    shared = sorted(set(territory.moved_sections()["commune"]))
    parts = (
        f" {words.listing(shared)} {'sont partagées' if len(shared) > 1 else 'est partagée'} entre "
        "plusieurs territoires, selon les secteurs statistiques."
        if shared
        else ""
    )
    return f"Dans l’ordre des numéros. {badge(ols).why}{parts}"


def home_source() -> str:
    """Source line of the home page's map."""
    ols = territory.zoning("ols")
    made = _adopted(ols) if ols.adopted else " Territoires : arrêté du 6 juin 2024."
    return f"Statbel, 1/1/2026.{made} {phrases.on_limits('accueil_source')}"


def bassins() -> tuple[str, str]:
    """What « * » says on the home page: a word for the bassins, and why."""
    zoning = territory.zoning("bassins")
    why = badge(zoning).why if zoning.adopted else phrases.text("accueil_provisoire")
    word = words.standing(zoning.status, 1)
    return f"* {word[0].upper()}{word[1:]}.", why
