"""``maj``: ask or read, show what would change, then keep it in the local layer, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePath

from olsdata import catalogue, tables
from olsdata.local import indicators
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.sources import fetch, incoming, statbel, walstat
from olsdata.sources.incoming import Difference, Incoming
from olsdata.tables import DataError
from olsdata.words import folded

WALSTAT, STATBEL = "walstat", "statbel"
SOURCES = {WALSTAT: "IWEPS WalStat", STATBEL: "Statbel"}
Progress = Callable[[int, int, str], None]
"""Called with the number done, the number in all and the title of the next one."""


@dataclass(frozen=True)
class Plan:
    """What came in and was checked; nothing is changed yet.

    Attributes
    ----------
    ready : cards that can be kept
    differences : what each of them would change, in the same order
    faults : one French sentence per answer that was refused; its card stays as it is
    """

    ready: tuple[Incoming, ...] = ()
    differences: tuple[Difference, ...] = ()
    faults: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Age:
    """How old a refreshed card is: its period, the day it came in, days since."""

    id: str
    title: str
    publisher: str
    period: str
    received: str
    days: int
    origin: str


@dataclass(frozen=True)
class Vintage:
    """How old a source is: the period of its figures, and years since its end."""

    publisher: str
    dataset: str
    period: str
    years: int
    cards: int


def planned(figures: Iterable[Incoming], faults: Iterable[str] = ()) -> Plan:
    """A plan for these cards."""
    ready = tuple(figures)
    return Plan(ready, tuple(incoming.difference(one) for one in ready), tuple(faults))


def ask(
    cards: Iterable[str] = (),
    progress: Progress | None = None,
    limits: fetch.Limits | None = None,
) -> Plan:
    """Ask WalStat for its cards, one after the other.

    A card whose answer is refused stays as it is. When the service cannot be reached for one
    card, the others are not tried.

    Parameters
    ----------
    cards : ids; all of them when none is given
    progress : told of each step
    limits : time, attempts and size
    """
    asked = list(cards) or list(walstat.series())
    unknown = [card for card in asked if card not in walstat.series()]
    if unknown:
        known = ", ".join(walstat.series())
        raise DataError(f"WalStat ne donne pas « {unknown[0]} ». Fiches possibles : {known}.")
    known_cards = catalogue.cards()
    ready, faults = [], []
    for done, card in enumerate(asked):
        title = known_cards[card].title
        if progress:
            progress(done, len(asked), title)
        try:
            ready.append(walstat.ask(card, limits))
        except fetch.UnreachableError as error:
            left = [known_cards[c].title for c in asked[done + 1 :]]
            faults.append(f"{title} : {error}")
            faults += [f"{other} : non demandé." for other in left]
            break
        except DataError as error:
            faults.append(f"{title} : {error}")
    return planned(ready, faults)


def opened(data: bytes, name: str, card: str = "") -> Plan:
    """The cards of a file downloaded by hand.

    Parameters
    ----------
    data : its content
    name : its name: Statbel's own, or one that holds WalStat's number (« 833800_0.csv »)
    card : id of the WalStat card, when the name does not tell

    Raises
    ------
    DataError
        If it is not recognised, or refused.
    """
    name = PurePath(name.replace("\\", "/")).name
    file = fetch.received(data, name)
    if statbel.kind(name):
        return planned(statbel.read(file, name))
    card = card or walstat.card_of(name)
    if not card:
        raise DataError(
            f"« {name[:80]} » : fichier non reconnu. Gardez le nom que lui donne Statbel "
            f"({statbel.POPULATION}_AAAA.zip, {statbel.INCOME}.xlsx), ou dites de quelle fiche de "
            "WalStat il s’agit."
        )
    if card not in walstat.series():
        raise DataError(f"WalStat ne donne pas « {card} ».")
    return planned([walstat.read(card, file)])


def located(place: str, card: str = "") -> Plan:
    """The cards of a file given by its path, or by an https address.

    Raises
    ------
    DataError
        If it cannot be read, is too large, or is refused.
    """
    if "://" in place:
        name = PurePath(place.split("?")[0]).name
        limits = statbel.LIMITS if statbel.kind(name) else None
        file = fetch.get(place, limits)
        return opened(file.data, name, card)
    from olsdata.registry.files import read_bytes

    return opened(read_bytes(Path(place), statbel.LIMITS.most_bytes), place, card)


def keep(plan: Plan, actor: Actor = actors.LOCAL) -> None:
    """Put the cards of a plan in the local layer, all of them or none.

    Raises
    ------
    DataError
        If there is nothing to keep, a card is a facilitator's own, or the layer cannot be
        written.
    """
    actors.require(actor, actors.REFRESH)
    if not plan.ready:
        raise DataError("Rien à garder.")
    mine = tables.load().locales
    for one in plan.ready:
        if one.id in mine and mine[one.id].origin == indicators.OWN:
            raise DataError(f"« {one.id} » est une donnée locale : retirez-la d’abord.")
    indicators.keep(indicators.figure(one.about, one.values) for one in plan.ready)


def refreshed() -> list[str]:
    """Ids of the cards that were refreshed here."""
    cards = indicators.abouts()
    return [id_ for id_, about in cards.items() if about.get("origine") == indicators.REFRESHED]


def withdraw(ids: Iterable[str] = (), actor: Actor = actors.LOCAL) -> list[str]:
    """Go back to the shipped figures, for these cards or for all that were refreshed.

    Returns
    -------
    Ids that were withdrawn.

    Raises
    ------
    DataError
        If there is none, or one of them was not refreshed here.
    """
    actors.require(actor, actors.REFRESH)
    here = refreshed()
    asked = list(ids) or here
    if not asked:
        raise DataError("Aucun chiffre n’a été actualisé ici : rien à retirer.")
    strange = [id_ for id_ in asked if id_ not in here]
    if strange:
        raise DataError(f"« {strange[0]} » n’a pas été actualisé ici.")
    indicators.withdraw(asked)
    return asked


def ages(today: date | None = None) -> list[Age]:
    """Age of each card of the local layer, in the order of the catalogue."""
    now = today or date.today()
    found = []
    for card in catalogue.cards().values():
        if not card.origin:
            continue
        days = (now - date.fromisoformat(card.received)).days if card.received else 0
        found.append(
            Age(card.id, card.title, card.publisher, card.date, card.received, days, card.origin)
        )
    return found


def vintages(today: date | None = None) -> list[Vintage]:
    """Age of each source that a figure comes from, by publisher.

    Examples
    --------
    >>> found = {one.dataset: one for one in vintages(date(2026, 11, 22))}
    >>> found["Census 2021, niveau d’instruction"].years
    5
    """
    now = (today or date.today()).year
    groups: dict[tuple[str, str, str], list[int]] = {}
    for card in catalogue.available().values():
        # « Statbel (calcul du projet) » is Statbel's figure all the same.
        key = (card.publisher.split(" (")[0], card.dataset, card.date or card.year)
        if years := re.findall(r"\d{4}", card.year):
            groups.setdefault(key, []).append(int(years[-1]))
    found = sorted(groups.items(), key=lambda item: folded(item[0][0]))
    return [Vintage(*key, max(now - max(years), 0), len(years)) for key, years in found]
