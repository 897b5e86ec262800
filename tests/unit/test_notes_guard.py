"""The guard: what it refuses, what it asks about, and the ordinary sentences it leaves alone."""

from __future__ import annotations

import pytest

from olsdata.notes import guard

CERTAIN = [
    ("Son numéro est le 85.07.30-033.28", "registre"),
    ("NN 85073003328", "registre"),
    ("nn : 85 07 30 033 28.", "registre"),
    ("85/07/30-033-28", "registre"),
    ("８５０７３００３３２８", "registre"),
    ("85.07.30\u200b-033.28", "registre"),
    ("85\u00a007\u00a030\u202f033\u00a028", "registre"),
    ("né en 2017, 17 07 30 033 84", "registre"),
    ("BIS 98.47.28-997.65", "registre"),
    ("BIS 01490700185", "registre"),
    ("Verser sur BE68 5390 0754 7034 et prévenir", "iban"),
    ("be68539007547034", "iban"),
    ("FR76 3000 6000 0112 3456 7890 189", "iban"),
    ("Écrire à jean.dupont+x@exemple.be.", "courriel"),
    ("jean@exemple.co.uk", "courriel"),
    ("tél. 0475/12.34.56", "telephone"),
    ("+32 81 23 45 67", "telephone"),
    ("081 23 45 67", "telephone"),
    ("0032 475 12 34 56", "telephone"),
    ("(081) 23 45 67", "telephone"),
    ("+33 6 12 34 56 78", "telephone"),
    ("née le 12 mars 1985", "naissance"),
    ("Né le 12/03/85 à Huy", "naissance"),
    ("né(e) le 1er mars 1985", "naissance"),
    ("DDN : 1985-03-12", "naissance"),
    ("date de naissance : 12.3.1985", "naissance"),
    ("Elle habite rue de la Station 12 à Gembloux", "adresse"),
    ("domicilié au 12, avenue Reine Astrid", "adresse"),
    ("Mme Dupont attend", "nom"),
    ("Vu avec M. Van den Berghe", "nom"),
    ("Madame DUPONT-LEROY", "nom"),
    ("MME DUPONT", "nom"),
    ("monsieur El Amrani", "nom"),
    ("Mlle. Claes", "nom"),
]
DOUBTFUL = [
    ("85.07.30-033.29", "registre"),
    ("BE68 5390 0754 7035", "iban"),
    ("INAMI 1-23456-78-901", "inami"),
    ("n° INAMI : 12345678", "inami"),
    ("12345678 (RIZIV)", "inami"),
    ("jean (at) exemple.be", "courriel"),
    ("Le poste de garde, chaussée de Namur 45, est loin", "adresse"),
    ("12 rue Haute", "adresse"),
    ("Dr Martin", "nom"),
    ("la docteure Peeters", "nom"),
    ("Pr. Claes", "nom"),
    ("mme dupont est venue", "nom"),
]
ORDINARY = [
    "Une maman seule attend huit semaines un rendez-vous à Gembloux (5030).",
    "De 2019-2021 à 2024, 12 345 678 passages et 1 234 567 habitants.",
    "65 70 75 80 85 90 95 100 : les âges du tableau.",
    "Le budget INAMI de 12.345.678 € ne suffit pas ; INAMI 2023-2024, INAMI le 12/03/2024.",
    "Appeler le 1733, le 107 ou le 0800 16 061.",
    "Réunion du 12/03/2026 à 14 h 30 rue du Parc, prochaine le 3 avril 2026.",
    "L’OLS est née le 6 juin 2024, le projet est né le 1er mars 2023.",
    "Des enfants nés en 2019 ; 23 naissances en mars 2024.",
    "Rue de Namur, 3 logements sont vides.",
    "Une place pour 12 enfants, la route N4 à 3 km, le chemin des 1 000 jours.",
    "Dans la cité, 40 % des ménages ; place aux 2 infirmières.",
    "M. le Ministre et Madame la Bourgmestre sont venus ; Monsieur Tout-le-monde aussi.",
    "Mme D. et M. X vivent à l’étage.",
    "Près de la clinique Docteur Roger et de la rue du Docteur Schweitzer.",
    "Le CPAS (0123.456.789, TVA BE 0475.123.456) est partenaire.",
    "Une mme seule, un médecin généraliste, des dr en sociologie.",
    "Sophie, Jean et Giulia : trois situations fictives.",
    "Entre 0,5 et 1,25 ETP pour 100 000 habitants en 2025/2026.",
    "1-3 1-3 1-3 1-3 1-3 1-3, puis 3 1 4 1 5 9 2 6 5 3 58.",
    "ISO 9001, H1N1, code 92094A, fiche pct_65p_2021.",
    "Coût de 10 000 à 450 000 € ; 5 251 000 € en tout.",
    "@ l’accueil, on ne répond pas ; voir www.exemple.be/page.",
    "Maison médicale ouverte du lundi au vendredi, de 8 h à 18 h 30.",
    "",
]


@pytest.mark.parametrize(("text", "kind"), CERTAIN)
def test_what_designates_a_person_is_refused_even_when_confirmed(text, kind):
    found = guard.read(text)
    assert [(f.kind, f.certain) for f in found] == [(kind, True)], found
    with pytest.raises(guard.RefusedError) as refused:
        guard.check([text], [f.text for f in found])
    assert refused.value.certain
    assert guard.LABELS[kind] in str(refused.value)


@pytest.mark.parametrize(("text", "kind"), DOUBTFUL)
def test_what_is_doubtful_passes_once_confirmed(text, kind):
    assert [(f.kind, f.certain) for f in guard.read(text)] == [(kind, False)]
    with pytest.raises(guard.RefusedError) as refused:
        guard.check([text])
    assert not refused.value.certain
    guard.check([text], guard.doubtful([text]))


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_is_left_alone(text):
    assert guard.read(text) == []


def test_confirming_one_thing_does_not_let_another_pass():
    with pytest.raises(guard.RefusedError):
        guard.check(["Dr Martin et Dr Claes"], ["Dr Martin"])


def test_every_finding_has_a_reason():
    for text, _ in CERTAIN + DOUBTFUL:
        for finding in guard.read(text):
            assert finding.sentence.endswith(".")


@pytest.mark.parametrize(
    "month",
    [
        "janvier",
        "janv.",
        "février",
        "févr.",
        "mars",
        "avril",
        "avr.",
        "mai",
        "juin",
        "juillet",
        "juil.",
        "août",
        "aout",
        "septembre",
        "sept.",
        "octobre",
        "oct.",
        "novembre",
        "nov.",
        "décembre",
        "déc.",
    ],
)
def test_a_birth_is_read_in_every_month(month):
    assert [(f.kind, f.certain) for f in guard.read(f"née le 12 {month} 1985")] == [
        ("naissance", True)
    ]


def test_a_long_hostile_text_is_read_quickly_enough_to_answer():
    for text in ("1 " * 50_000, "a.b" * 30_000, "rue de la " * 10_000, "né le " * 20_000):
        guard.read(text[:10_000])
