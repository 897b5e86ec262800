"""Closed lists: every word that a note may choose, with its French wording.

The anchored wordings of strength and of confidence, and the names of the seven life stages, are
conventions of this dashboard; the page that uses them says so.
"""

from __future__ import annotations

from olsdata.catalogue import DETERMINANTS
from olsdata.tables import DataError

SORTS = {
    "note": "Note",
    "besoin": "Besoin non couvert",
    "signal": "Signal",
    "opportunite": "Opportunité",
    "victoire": "Petite victoire",
}
KINDS = {"soft": "Ce que nous savons", "warm": "Ce que nous vivons"}
DIRECTIONS = {
    "plus": "Plus fort que le chiffre",
    "comme": "Comme le chiffre",
    "moins": "Moins fort que le chiffre",
    "sans": "Sans chiffre",
}
STRENGTHS = {
    1: "Léger : quelques situations, que les équipes absorbent",
    2: "Net : des situations régulières, que les équipes contournent",
    3: "Fort : des situations fréquentes, qui restent sans réponse",
}
CONFIDENCE = {
    "elevee": "Élevée",
    "moderee": "Modérée",
    "faible": "Faible",
    "tres_faible": "Très faible",
}
CONFIDENCE_HELP = {
    "elevee": "Il est très probable que la note décrive bien ce qui se passe.",
    "moderee": "Il est probable que la note décrive bien ce qui se passe.",
    "faible": "Il est possible que la note décrive bien ce qui se passe.",
    "tres_faible": "On ne sait pas si la note décrit bien ce qui se passe.",
}
"""The four words of GRADE-CERQual for a qualitative finding."""

SOURCES = {
    "atelier": "Atelier",
    "entretien": "Entretien",
    "observation": "Observation",
    "document": "Document",
}
VOICES = {
    "une": "Une voix",
    "quelques": "2 à 5 voix",
    "groupe": "6 à 15 voix",
    "large": "Plus de 15 voix",
}
AUTHORS = {
    "facilitateur": "Facilitateur ou facilitatrice",
    "soins": "Professionnel des soins",
    "social": "Professionnel du social ou de l’accompagnement",
    "structure": "Structure d’appui",
    "commune": "Commune ou CPAS",
    "habitant": "Habitant, patient ou proche",
    "iwpl": "IWPL",
    "autre": "Autre participant",
}
"""Who writes: a role, never a name."""

_DETERMINANTS = dict(
    zip(("individu", "menage", "cadre_bati", "systemes", "experience"), DETERMINANTS, strict=True)
)
LIFE_STAGES = {
    "grossesse": "grossesse et naissance",
    "petite_enfance": "petite enfance",
    "enfance": "enfance",
    "adolescence": "adolescence",
    "jeune_adulte": "entrée dans l’âge adulte",
    "age_adulte": "âge adulte",
    "vieillesse": "vieillesse",
}
PROGRAMMES = {
    "mille_jours": "1 000 premiers jours",
    "vulnerables": "personnes vulnérables",
    "obesite": "obésité infantile",
}
THEME_GROUPS = {
    "Déterminants": {k: v[0].upper() + v[1:] for k, v in _DETERMINANTS.items()},
    "Étapes de la vie": {k: v[0].upper() + v[1:] for k, v in LIFE_STAGES.items()},
    "Programmes": {k: v[0].upper() + v[1:] for k, v in PROGRAMMES.items()},
    "Organisation": {"acces": "Accès", "coordination": "Coordination"},
}
THEMES = {id_: name for group in THEME_GROUPS.values() for id_, name in group.items()}

VISIBILITY = {
    "ols": "Mon OLS",
    "iwpl": "Partagé avec l’IWPL",
    "atelier": "Atelier seulement",
}
MISSING = {
    "offre": "Offre",
    "acces": "Accès",
    "coordination": "Coordination",
    "information": "Information",
    "moyens": "Moyens",
}
OBSTACLES = {
    "reponse": "À la réponse aux besoins",
    "concertation": "À la concertation",
    "promotion": "À la promotion de la santé",
    "lisibilite": "À la lisibilité de l’offre",
    "adaptation": "À l’adaptation de l’offre",
    "autre": "Autre, ou pas encore identifié",
}
"""What the Forum works on (decree, art. 24): obstacles to each of these."""

SIGNAL_LEVELS = {
    "bassin": "Bassin de vie",
    "ols": "OLS",
    "region": "Région ou fédéral",
}
STATUS = {
    "besoin": {
        "releve": "Relevé",
        "consolide": "Consolidé par l’OLS",
        "transmis": "Transmis à l’IWPL",
        "presente": "Présenté au Forum",
        "repondu": "Répondu",
        "clos": "Clos",
    },
    "signal": {"attente": "En attente", "repondu": "Répondu", "clos": "Clos"},
}
FIRST_STATUS = {"besoin": "releve", "signal": "attente"}
ANSWERED = frozenset({"repondu", "clos"})
NEEDS_SHARING = frozenset({"transmis", "presente"})
"""Statuses of a need that the IWPL must be able to read."""

STATES = {"active": "Active", "retire": "Retirée", "efface": "Effacée"}

FIELDS = {
    "kind": (KINDS, "Genre"),
    "direction": (DIRECTIONS, "Sens"),
    "confidence": (CONFIDENCE, "Confiance"),
    "source": (SOURCES, "Source"),
    "voices": (VOICES, "Voix"),
    "author": (AUTHORS, "Rôle de l’auteur"),
    "theme": (THEMES, "Thème"),
    "visibility": (VISIBILITY, "Visibilité"),
    "missing": (MISSING, "Ce qui manque"),
    "obstacle": (OBSTACLES, "Obstacle"),
    "level": (SIGNAL_LEVELS, "Niveau"),
}
"""Field of a content → its closed list and the list's French name."""


def choice(field: str, value: str) -> str:
    """A value of a closed list.

    Raises
    ------
    DataError
        If the list does not hold it.

    Examples
    --------
    >>> choice("kind", "soft")
    'soft'
    """
    known, label = FIELDS[field]
    if value not in known:
        wrong = f"« {value[:40]} » inconnu" if value else "manquant"
        raise DataError(f"{label} : {wrong}. Valeurs : {', '.join(known)}.")
    return value
