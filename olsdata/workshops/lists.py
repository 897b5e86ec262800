"""Closed lists of the workshop, with their French wording."""

from __future__ import annotations

from olsdata.tables import DataError

PREPARED, OPEN, CLOSED = "prepare", "ouvert", "clos"
STATES = {PREPARED: "Préparé", OPEN: "Ouvert", CLOSED: "Clos"}

STEPS = {
    "voir": "Voir",
    "dire": "Dire",
    "comprendre": "Comprendre",
    "supposer": "Supposer",
    "choisir": "Premier pas",
    "garder": "Garder",
}
QUESTIONS = {
    "voir": "Que voyez-vous ?",
    "dire": "Que savez-vous que cette image ne montre pas ?",
    "comprendre": "Qu’est-ce qui concorde, qu’est-ce qui manque ?",
    "supposer": "Que pensons-nous, et pourquoi ?",
    "choisir": "Quel est notre premier pas ?",
    "garder": "Que gardons-nous de cet atelier ?",
}
"""One question per screen; those of the pictures come from whoever prepares."""

SCREEN, PHONE = "ecran", "telephone"
ORIGINS = {SCREEN: "Dit dans la salle", PHONE: "Envoyé d’un téléphone"}

KINDS = {"soft": "Savoir", "warm": "Vécu"}
"""Short names of the two kinds of note; "" until someone says which."""

READINGS = {
    "concordent": "Concorde",
    "autre": "Autre regard",
    "manque": "Manque",
}
"""What a contribution is beside the figure, as the room sorts it."""

ROOM = frozenset({"atelier", "iwpl"})
"""Visibilities of the notes de terrain that the room's screen shows; « Mon OLS » is asked for."""

AXES = {"horizontal": "Horizontal", "vertical": "Vertical"}
AXES_HELP = {
    "horizontal": "renforce les soins primaires et la vie locale",
    "vertical": "un programme entre organisations, pour une situation précise",
}

PHASES = {
    "planifier": "Planifier",
    "experimenter": "Expérimenter",
    "evaluer": "Évaluer",
    "ajuster": "Ajuster",
}
CYCLE_FIELDS = {
    "plan": ("planifier", "Que voulons-nous essayer, et à quoi verrons-nous que cela sert ?"),
    "tried": ("experimenter", "Qu’avons-nous vraiment essayé, et avec qui ?"),
    "wins": ("experimenter", "Quelles petites victoires, même modestes ?"),
    "learnt": ("evaluer", "Qu’avons-nous appris, que nous ne savions pas ?"),
    "fallen": ("evaluer", "Quelle hypothèse est tombée, ou a changé ?"),
    "next": ("ajuster", "Que faisons-nous ensuite : continuer, changer, arrêter ?"),
}
"""Developmental questions: field → its phase and its question. There is no score."""

MANDATE_FIELDS = {
    "intitule": ("Essentiels", "Intitulé", "Le nom de l’espace ou de la fonction."),
    "finalite": ("Essentiels", "Finalité", "Pourquoi cet espace existe."),
    "responsabilites": ("Essentiels", "Responsabilités et tâches", "Ce qui est attendu."),
    "autonomie": ("Essentiels", "Champ d’autonomie", "Ce qui se décide ici, et ce qui remonte."),
    "perimetre": ("Essentiels", "Périmètre d’action", "Territoire, public, thèmes, limites."),
    "composition": ("Essentiels", "Composition, profils", "Des rôles et des profils, sans noms."),
    "articulation": ("Modalités", "Articulation", "Liens avec les autres espaces."),
    "fonctionnement": ("Modalités", "Fonctionnement", "Rythme, animation, prise de décision."),
    "livrables": ("Modalités", "Livrables", "Ce qui est produit, et pour qui."),
    "temporalite": ("Modalités", "Temporalité", "Début, étapes, fin, moment de revoir le mandat."),
    "engagements": ("Modalités", "Engagements", "Ce que chacun promet aux autres."),
    "ressources": ("Modalités", "Ressources", "Temps, budget, appuis."),
}
"""The twelve fields of the fiche mandat: group, name, help."""


def choice(value: str, known: dict[str, str], label: str) -> str:
    """A value of a closed list.

    Raises
    ------
    DataError
        If the list does not hold it.

    Examples
    --------
    >>> choice("vertical", AXES, "Axe")
    'vertical'
    """
    if value not in known:
        raise DataError(f"{label} : « {value[:40]} » inconnu. Valeurs : {', '.join(known)}.")
    return value
