"""What the figures say, what the field says, and both: always the three, never one hidden.

*Hard*: the need index restricted to the default indicators of a theme. *Soft*: the field notes of
the zone, from −1 (need lower than the figure) to 1 (greater). *Blended* = hard + λ × 20 × soft,
within 0 to 100: at λ = 1 the field moves a zone by at most one fifth of the scale. This is a
convention, to be called so on the page.

Notes come as a plain table (``NOTES``); nothing here reads the store.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from olsdata import catalogue, tables, territory
from olsdata.equity import need
from olsdata.equity.need import DEFAULT, FloatArray, Weights
from olsdata.equity.units import units
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning
from olsdata.words import number

NOTES = ["id", "place", "theme", "kind", "direction", "strength", "confidence", "review_by"]
"""Columns of a table of notes, one row per note, withdrawn ones left out by the caller.

id : text or number
place : id of a zone: "wallonie", an OLS, a bassin, a commune or a section
theme : id of a theme (``need.themes()``) or any other text; when empty, that of the optional
    column ``indicator``; a note with neither counts nowhere
kind : "soft" (« ce que nous savons ») or "warm" (« ce que nous vivons »)
direction : « plus fort », « comme », « moins fort » (than the figure) or « sans chiffre »; case,
    accents, underscores and what follows do not matter (« plus fort que le chiffre »)
strength : 1, 2 or 3; may be missing when the note gives no direction
confidence : « élevée », « modérée », « faible », « très faible »
review_by : date, ISO text or missing (never)
"""

CONFIDENCE = {"elevee": 1.0, "moderee": 0.75, "faible": 0.5, "tres faible": 0.25}
_DIRECTIONS = {"plus": 1.0, "comme": 0.0, "moins": -1.0, "sans": np.nan}
SOFT, WARM = "soft", "warm"
_DETERMINANTS = dict(
    zip(
        catalogue.DETERMINANTS,
        ("individu", "menage", "cadre_bati", "systemes", "experience"),
        strict=True,
    )
)
"""Group of determinants of a card → id of its theme in the notes."""

LAMBDA, REACH = 0.5, 20.0
CALM = 2.0
"""Added to the sum of confidences, so that a lone note moves little."""
AGED = 0.5
"""Weight of a note once its review date has come."""
SHARED_FROM, HEARD_FROM = 0.5, 0.15

NO_FIGURE = "chiffre absent"
SILENT = "silence du terrain"
DIVIDED = "avis partagés"
MORE = "le terrain voit davantage"
LESS = "le terrain voit moins"
AGREED = "concordent"
STATES = (NO_FIGURE, SILENT, DIVIDED, MORE, LESS, AGREED)
"""The six states, in the order in which they are tried."""

AGENDA = (DIVIDED, MORE, LESS, NO_FIGURE, SILENT, AGREED)
"""The same, what needs talking about first."""


def no_notes() -> pd.DataFrame:
    """An empty table of notes."""
    return pd.DataFrame(columns=NOTES)


# --- Hard ---------------------------------------------------------------------------------------


def theme_weights(theme: str, weights: Weights) -> dict[str, float]:
    """Indicators of a theme and their weights, summing to 1.

    The default indicators of the theme, weighted as in the index (equally when none of them
    weighs there); for a theme without any, those that are offered or read beside.

    Examples
    --------
    >>> theme_weights("individu", need.default_weights())
    {'low_education_pct_2021': 0.5, 'unemployment_rate_15_64_2024': 0.5}
    >>> theme_weights("coordination", need.default_weights())
    {}
    """
    mine = [i for i in need.indicators().values() if i.theme == theme]
    start = [i.id for i in mine if i.use == DEFAULT]
    if not start:
        start = [i.id for i in mine]
    given = {id_: weights.share(id_) for id_ in start}
    total = sum(given.values())
    if total > 0:
        return {id_: weight / total for id_, weight in given.items()}
    return {id_: 1 / len(start) for id_ in start}


@remembered(maxsize=64)
def hard(weights: Weights, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """What the figures say of each theme that has one.

    Returns
    -------
    DataFrame, zones × themes of ``need.themes()``, 0 to 100, 100 = greatest need; NaN outside
    the OLS, or where a figure is missing.

    Examples
    --------
    >>> hard(need.default_weights(), territory.zoning("wallonie")).round(6).iloc[0].tolist()
    [50.0, 50.0, 50.0, 50.0, 50.0, 50.0]
    """
    centiles = need.percentiles(facts)
    place = {id_: n for n, id_ in enumerate(centiles.columns)}
    share, every = need.shares(zoning, facts).to_numpy(), centiles.to_numpy()
    columns = {}
    for theme in need.themes():
        chosen = theme_weights(theme, weights)
        values = every[:, [place[id_] for id_ in chosen]] @ np.array(list(chosen.values()))
        columns[theme] = need.zone_mean(share, values)
    return pd.DataFrame(columns, index=zoning.zones.index.rename("zone"))


# --- Soft ---------------------------------------------------------------------------------------


def _plain(text: object) -> str:
    """Lower case without accents; underscores and hyphens are spaces."""
    letters = unicodedata.normalize("NFD", str(text).strip().lower())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(kept.replace("_", " ").replace("-", " ").split())


def _plainly(column: pd.Series) -> pd.Series:
    """A column of words, each word read once."""
    return column.map({word: _plain(word) for word in column.unique()}).astype(object)


def contributions(notes: pd.DataFrame, today: date | None = None) -> pd.DataFrame:
    """What each note brings, before its place is known.

    Direction (+1, 0, −1) × strength / 3 × confidence (1, 0.75, 0.5, 0.25) × 1 until its review
    date comes, ½ from then on.

    Parameters
    ----------
    notes : table of notes (``NOTES``)
    today : day on which the review dates are judged; today when None

    Returns
    -------
    DataFrame, same index: place, theme, kind, direction (NaN = « sans chiffre »), confidence
    (0.25 to 1), apport (−1 to 1; 0 without direction), ancien (its review date has come).

    Raises
    ------
    DataError
        A column is missing, or a row has an unknown word or a strength that is not 1, 2 or 3.

    Examples
    --------
    >>> row = {"id": 1, "place": "05", "theme": "acces", "kind": "soft",
    ...        "direction": "plus fort", "strength": 2, "confidence": "modérée",
    ...        "review_by": "2027-01-01"}
    >>> contributions(pd.DataFrame([row]), date(2026, 11, 1))["apport"].tolist()
    [0.5]
    """
    missing = [name for name in NOTES if name not in notes and name != "id"]
    if missing:
        raise DataError(f"Notes : il manque la colonne {', '.join(missing)}.")
    words = _plainly(notes["direction"]).str.split(" ").str[0]
    sure, kind = _plainly(notes["confidence"]), _plainly(notes["kind"])
    strength = pd.to_numeric(notes["strength"], errors="coerce").astype(float)
    for name, given, known in (
        ("direction", words, _DIRECTIONS),
        ("confidence", sure, CONFIDENCE),
        ("kind", kind, {SOFT: 0, WARM: 0}),
    ):
        wrong = given[~given.isin(list(known))]
        if len(wrong):
            raise DataError(
                f"Note {_name(notes, wrong.index[0])} : {name} inconnue, "
                f"« {notes.at[wrong.index[0], name]} »."
            )
    direction = words.map(_DIRECTIONS).astype(float)
    odd = direction.notna() & ~strength.isin([1, 2, 3])
    if odd.any():
        first = odd.index[odd][0]
        raise DataError(
            f"Note {_name(notes, first)} : force 1, 2 ou 3 attendue, "
            f"« {notes.at[first, 'strength']} » lu."
        )
    limit = pd.to_datetime(notes["review_by"], errors="coerce")
    old = limit <= pd.Timestamp(today or date.today())
    confidence = sure.map(CONFIDENCE).astype(float)
    amount = (direction * strength / 3 * confidence * old.map({True: AGED, False: 1.0})).fillna(0.0)
    return pd.DataFrame(
        {
            "place": notes["place"].fillna("").astype(str),
            "theme": _themes(notes),
            "kind": kind,
            "direction": direction,
            "confidence": confidence,
            "apport": amount.astype(float),
            "ancien": old.astype(bool),
        },
        index=notes.index,
    )


def theme_of(indicator: str) -> str:
    """Theme that a note on an indicator speaks of: its own, or its group of determinants; "".

    >>> theme_of("pct_80p_2021"), theme_of("employment_rate_15_64_2021"), theme_of("inconnu")
    ('vieillesse', 'individu', '')
    """
    if indicator in need.indicators():
        return need.indicators()[indicator].theme
    card = catalogue.cards().get(indicator)
    return _DETERMINANTS.get(card.determinant, "") if card else ""


def _themes(notes: pd.DataFrame) -> pd.Series:
    given = notes["theme"].fillna("").astype(str)
    if "indicator" not in notes:
        return given
    return given.where(given != "", notes["indicator"].fillna("").astype(str).map(theme_of))


def _name(notes: pd.DataFrame, index: object) -> str:
    return str(notes.at[index, "id"]) if "id" in notes else str(index)


@remembered(maxsize=16)
def places(zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """In which zone a note on each place counts, and how much.

    A place counts in the zone that holds most of its inhabitants, if it is not larger than the
    zone: a note on a larger place does not go down, and Anhée, cut in two, counts in one OLS.

    Parameters
    ----------
    zoning : the zones

    Returns
    -------
    DataFrame, index place (every zone, OLS, bassin, commune, section, and "wallonie"): zone (""
    when it counts in none), part (share of the zone's inhabitants who live in the place; NaN in
    none).

    Examples
    --------
    >>> found = places(territory.zoning("ols"))
    >>> found.loc[["05", "92094", "wallonie"], "zone"].tolist()
    ['05', '06', '']
    >>> found["part"].round(2)[["05", "92094"]].tolist()
    [1.0, 0.39]
    """
    facts = facts or tables.load()
    sectors = facts.secteurs
    # A place where nobody lives still lies somewhere.
    people = sectors["population_2024"] + 1e-6
    zone_of = zoning.sectors.reindex(sectors.index)
    zone_people = people.groupby(zone_of).sum()
    cuts = [zoning.sectors.reindex(sectors.index)]
    cuts += [territory.zoning(n, facts).sectors.reindex(sectors.index) for n in ("ols", "bassins")]
    cuts += [sectors["refnis"], sectors["section"]]
    cuts.append(pd.Series(territory.WALLONIE, index=sectors.index))
    found = []
    for cut in cuts:
        total = people.groupby(cut).sum()
        inside = people.groupby([cut.rename("place"), zone_of.rename("zone")]).sum()
        most = inside.rename("inside").reset_index().sort_values("inside", ascending=False)
        most = most.drop_duplicates("place").set_index("place").reindex(total.index)
        held = most["zone"].map(zone_people)
        fits = (most["inside"] > total / 2) & (total <= held * (1 + need.ALMOST))
        part = (most["inside"] / held).where(fits)
        found.append(pd.DataFrame({"zone": most["zone"].where(fits, ""), "part": part}))
    frame = pd.concat(found).rename_axis("place")
    return frame[~frame.index.duplicated()]


def lost(notes: pd.DataFrame, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Notes on a place that no longer exists (« lieux disparus »): they count nowhere."""
    place = notes["place"].fillna("").astype(str)
    return notes[(place != "") & ~place.isin(places(zoning, facts).index)]


def placed(
    notes: pd.DataFrame, zoning: Zoning, today: date | None = None, facts: Facts | None = None
) -> pd.DataFrame:
    """The notes of each zone, with what each brings: those placed on it or on a place inside it.

    Returns
    -------
    DataFrame, index of the notes that count in a zone: the columns of ``contributions``; zone;
    part (share of the zone's inhabitants who live in the place); effet (apport × part: what
    enters the sum); poids (confidence × part, 0 without direction: what enters the divisor).
    """
    frame = contributions(notes, today)
    held = places(zoning, facts)
    frame["zone"] = frame["place"].map(held["zone"]).fillna("")
    frame["part"] = frame["place"].map(held["part"]).astype(float)
    frame = frame[(frame["zone"] != "") & (frame["theme"] != "")]
    said = frame["direction"].notna()
    return frame.assign(
        effet=frame["apport"] * frame["part"],
        poids=(frame["confidence"] * frame["part"]).where(said, 0.0),
    )


def signal(effects: npt.ArrayLike, confidences: npt.ArrayLike) -> FloatArray:
    """Soft signal *t*: sum of effects / (sum of confidences + 2), in (−1, 1); 0 without notes.

    Parameters
    ----------
    effects, confidences : sums over the notes that count, any shape

    Examples
    --------
    One note of strength 2 and confidence « modérée »:

    >>> round(float(signal(2 / 3 * 0.75, 0.75)), 2)
    0.18
    """
    return np.asarray(effects, dtype=float) / (np.asarray(confidences, dtype=float) + CALM)


def blended(chiffre: npt.ArrayLike, terrain: npt.ArrayLike, lam: float) -> FloatArray:
    """Hard + λ × 20 × soft, within 0 to 100; NaN without a hard value.

    >>> blended([50.0, 98.0], [0.5, 0.9], 1.0).tolist(), blended([42.0], [0.9], 0.0).tolist()
    ([60.0, 100.0], [42.0])
    """
    hard_, soft_ = np.asarray(chiffre, dtype=float), np.asarray(terrain, dtype=float)
    return np.clip(hard_ + lam * REACH * soft_, 0.0, 100.0)


def states(
    chiffre: npt.ArrayLike,
    count: npt.ArrayLike,
    up: npt.ArrayLike,
    down: npt.ArrayLike,
    terrain: npt.ArrayLike,
) -> npt.NDArray[np.str_]:
    """State of each theme in each zone: the first of ``STATES`` that holds.

    Parameters
    ----------
    chiffre : shape (n,), hard value, NaN when there is none
    count : shape (n,), notes that count
    up, down : shape (n,), sizes of the positive and of the negative effects, >= 0
    terrain : shape (n,), soft signal

    Examples
    --------
    >>> states([np.nan, 60, 60], [1, 0, 1], [0.5, 0, 0.5], [0, 0, 0], [0.18, 0, 0.18]).tolist()
    ['chiffre absent', 'silence du terrain', 'le terrain voit davantage']
    """
    heard = np.asarray(terrain, dtype=float)
    both = np.minimum(np.asarray(up, dtype=float), np.asarray(down, dtype=float))
    # Sums of thirds that make ½ must not miss it by a rounding.
    tests = [
        ~np.isfinite(np.asarray(chiffre, dtype=float)),
        np.asarray(count) == 0,
        both >= SHARED_FROM - need.ALMOST,
        heard >= HEARD_FROM - need.ALMOST,
        heard <= -HEARD_FROM + need.ALMOST,
    ]
    return np.select(tests, STATES[:-1], default=AGREED)


# --- Lecture croisée ----------------------------------------------------------------------------


def counted(here: pd.DataFrame, warm: bool = False) -> pd.DataFrame:
    """What the notes of each theme in each zone add up to, whatever the weights and λ.

    Parameters
    ----------
    here : what ``placed`` gives
    warm : whether warm notes are counted; they are always listed

    Returns
    -------
    DataFrame, index (zone, theme), those with a note: notes, soft, warm (numbers listed), count
    (number counted), effet, poids (sums over the notes counted), up, down (sizes of the positive
    and of the negative effects).
    """
    is_soft = here["kind"] == SOFT
    counts = is_soft | warm
    parts = pd.DataFrame(
        {
            "zone": here["zone"],
            "theme": here["theme"],
            "notes": 1,
            "soft": is_soft.astype(int),
            "warm": (~is_soft).astype(int),
            "count": counts.astype(int),
            "effet": here["effet"].where(counts, 0.0),
            "poids": here["poids"].where(counts, 0.0),
        }
    )
    parts["up"], parts["down"] = parts["effet"].clip(lower=0), -parts["effet"].clip(upper=0)
    return parts.groupby(["zone", "theme"]).sum()


def cross_reading(
    notes: pd.DataFrame,
    level: str,
    lam: float = LAMBDA,
    weights: Weights | None = None,
    warm: bool = False,
    today: date | None = None,
    titles: Mapping[str, str] | None = None,
    facts: Facts | None = None,
    here: pd.DataFrame | None = None,
    sums: pd.DataFrame | None = None,
    zones: Collection[str] | None = None,
) -> pd.DataFrame:
    """Lecture croisée: what figures and field say of each theme in each zone.

    Parameters
    ----------
    notes : table of notes (``NOTES``)
    level : "commune", "bassin" (a city is one line) or "ols"
    lam : λ, 0 (chiffres seuls) to 1
    weights : of the need index; the default set when None
    warm : whether warm notes are counted; they are always listed
    today : day on which the review dates are judged
    titles : French titles of the themes that have no figure; their id when None
    here : what ``placed`` gives of these notes at that level, when it is known already
    sums : what ``counted`` gives of ``here`` and ``warm``, when it is known already
    zones : ids of the zones that are read; all when None

    Returns
    -------
    DataFrame, index zone, by zone then theme: label, theme, titre, chiffre (hard, 0 to 100),
    terrain (soft signal, −1 to 1; 0 when nothing counts), melange (blended), etat, notes (number
    listed), soft, warm (numbers of each kind). Themes with a figure, then those with a note in
    any of the zones.

    Raises
    ------
    DataError
        λ out of 0 to 1, or as ``contributions``.

    Examples
    --------
    >>> found = cross_reading(no_notes(), "ols")
    >>> len(found), set(found["etat"])
    (60, {'silence du terrain'})
    """
    if not 0 <= lam <= 1:
        raise DataError(f"λ va de 0 à 1 ; {number(lam, 2)} demandé.")
    zoning = units(level, facts)
    values = hard(weights or need.default_weights(), zoning, facts)
    here = placed(notes, zoning, today, facts) if here is None else here
    named = dict(titles or {})
    told = dict(need.themes())
    told |= {
        theme: named.get(theme, theme) for theme in sorted(set(here["theme"].unique()) - set(told))
    }
    read = zoning.zones if zones is None else zoning.zones[zoning.zones.index.isin(list(zones))]
    sums = counted(here, warm) if sums is None else sums
    # By hand: pandas looks each pair up in an index of all pairs, ten times as long.
    row_of = {zone: n * len(told) for n, zone in enumerate(read.index)}
    place_of = {theme: n for n, theme in enumerate(told)}
    kept = [(n, row_of[z] + place_of[t]) for n, (z, t) in enumerate(sums.index) if z in row_of]
    source, target = np.array(kept, dtype=int).reshape(-1, 2).T
    total = {name: np.zeros(len(read) * len(told)) for name in sums}
    for name, column in total.items():
        column[target] = sums[name].to_numpy(float)[source]
    figure = values.reindex(index=read.index, columns=list(told)).to_numpy(float).ravel()
    heard = signal(total["effet"], total["poids"])
    return pd.DataFrame(
        {
            "label": np.repeat(read["label"].to_numpy(object), len(told)),
            "theme": list(told) * len(read),
            "titre": list(told.values()) * len(read),
            "chiffre": figure,
            "terrain": heard,
            "melange": blended(figure, heard, lam),
            "etat": states(figure, total["count"], total["up"], total["down"], heard),
            "notes": total["notes"].astype(int),
            "soft": total["soft"].astype(int),
            "warm": total["warm"].astype(int),
        },
        index=read.index.repeat(len(told)).rename("zone"),
    )


def agenda(reading: pd.DataFrame) -> pd.DataFrame:
    """A reading of one territory, what needs talking about first.

    Divided opinions, then what the field sees more or less, then notes without a figure, then
    silence, then what agrees; the strongest signal first inside each.
    """
    # « Chiffre absent » without a note has nothing to be talked about yet.
    place = [
        AGENDA.index(state_) if notes or state_ != NO_FIGURE else len(AGENDA)
        for state_, notes in zip(reading["etat"], reading["notes"], strict=True)
    ]
    return reading.iloc[np.lexsort((-reading["terrain"].abs().to_numpy(), place))]
