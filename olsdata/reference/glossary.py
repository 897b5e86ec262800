"""Glossary: every acronym and term of the dashboard, said once, searchable, shown on hover."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from olsdata.reference import documents, facts
from olsdata.words import folded


@dataclass(frozen=True)
class Entry:
    """A term: its other spellings, what an acronym stands for, what it means, who says so."""

    term: str
    aliases: tuple[str, ...]
    name: str
    meaning: str
    source: str

    @property
    def short(self) -> str:
        """What hovering says."""
        return " : ".join(part for part in (self.name, self.meaning) if part)

    @property
    def acronym(self) -> bool:
        """Whether the term is an acronym that not everybody uses."""
        return bool(_ACRONYM.fullmatch(self.term)) and self.term not in _EVERYDAY


_ACRONYM = re.compile(r"[A-Z0-9][A-Za-z0-9ï]*[A-Z][A-Za-z0-9]*")
_EVERYDAY = frozenset({"CSV", "XLSX", "DOCX", "PDF", "PNG", "URL", "UTF", "ZIP", "QR"})
_DATE_PARTS = frozenset({"AAAA", "MM", "JJ"})


@lru_cache(maxsize=1)
def entries() -> dict[str, Entry]:
    """Entries by term, in alphabetical order."""
    found = {}
    rows = sorted(facts("glossaire").itertuples(), key=lambda row: folded(row.terme))
    for row in rows:
        source = documents()[row.document].line if row.document in documents() else ""
        aliases = tuple(filter(None, row.alias.split(",")))
        found[row.terme] = Entry(row.terme, aliases, row.nom, row.definition, source)
    return found


def search(word: str) -> list[Entry]:
    """Entries whose term, spelling, name or meaning holds a word; all of them for "".

    >>> [entry.term for entry in search("autorité fédérale")]
    ['ADS']
    """
    sought = folded(word.strip())
    return [
        entry
        for entry in entries().values()
        if sought in folded(" ".join([entry.term, *entry.aliases, entry.name, entry.meaning]))
    ]


def on_hover() -> dict[str, str]:
    """What hovering says of each term met in a text, by the spelling that is looked for.

    An acronym is looked for as it is; any other term with or without its capital, in the singular
    or in the plural (a regular expression). Everyday acronyms, and letters, are left alone.

    Examples
    --------
    >>> said = on_hover()
    >>> said["CLPS"]
    'Centre local de promotion de la santé'
    >>> said["[Bb]assins? de vies?"]
    'le plus petit territoire où l’on accède aux services courants (CWASS 47/6)'
    """
    return {
        _spelling(entry): entry.short
        for entry in entries().values()
        if entry.term not in _EVERYDAY and len(entry.term) > 1
    }


def _spelling(entry: Entry) -> str:
    first, rest = entry.term[0], entry.term[1:]
    if rest != rest.lower() or not entry.term.replace(" ", "").replace("-", "").isalpha():
        return entry.term
    return f"[{first}{first.lower()}]" + re.sub(r"(?<=\w{3})\b", "s?", rest)


def unexplained(text: str) -> set[str]:
    """Acronyms of a text (two capitals or more) that the glossary does not know.

    >>> unexplained("L’OLS et le XYZT")
    {'XYZT'}
    """
    known = {w for e in entries().values() for w in (e.term, *e.aliases)} | _DATE_PARTS
    found = set(re.findall(r"(?<![\w’'-])[A-Z][A-Z0-9]{1,9}(?![\w-])", text))
    return {word for word in found if word not in known and not re.fullmatch(r"[IVXLC]+", word)}


def faults() -> list[str]:
    """What is wrong in the glossary: a term or spelling said twice, an entry that says nothing."""
    wrong, seen = [], set()
    for row in facts("glossaire").itertuples():
        for word in (row.terme, *filter(None, row.alias.split(","))):
            if folded(word) in seen and word == row.terme:
                wrong.append(f"Glossaire : « {word} » est écrit deux fois.")
            seen.add(folded(word))
        if not row.nom and not row.definition:
            wrong.append(f"Glossaire : « {row.terme} » n’est pas expliqué.")
        if row.document and row.document not in documents():
            wrong.append(f"Glossaire : document non déclaré (« {row.document} »).")
    return wrong
