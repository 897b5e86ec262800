"""The table of roles: what it says is what a person may do; who is not in it may nothing."""

from __future__ import annotations

import pytest

from olsdata import store
from olsdata.notes import actors, book, places, roles
from olsdata.notes.actors import Actor, DeniedError
from olsdata.notes.content import Content
from olsdata.tables import DataError

SECRET = "s" * 40
TABLE = """
contact = "coordination 05"

[[personne]]
courriel = "Anne@Exemple.be"
role = "facilitateur"
ols = "05"

[[personne]]
sujet = "abc-123"
role = "iwpl"
"""


def write(text: str) -> None:
    path = roles.file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def claims(**changes: object) -> dict[str, object]:
    return {"iss": "http://fournisseur", "sub": "s1", "email": "anne@exemple.be"} | changes


def who(**changes: object) -> Actor:
    return roles.actor(claims(**changes), SECRET)


def test_a_person_is_known_by_an_address_or_by_a_subject():
    write(TABLE)
    anne = who()
    assert (anne.role, anne.ols) == ("facilitateur", "05")
    assert who(email="ANNE@exemple.BE") == anne
    assert who(sub="abc-123", email="").role == "iwpl"
    assert roles.table().contact == "coordination 05"


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "autre@exemple.be"},
        {"email": ""},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "false"},
        {"sub": ""},
        {"sub": None},
        {"email": "xanne@exemple.be"},
        {"email": "abc-123"},
    ],
)
def test_who_is_not_in_the_table_may_nothing(changes):
    write(TABLE)
    found = who(**changes)
    assert found == roles.NOBODY
    for right in actors.EVERYTHING:
        assert not actors.may(found, right)
    with pytest.raises(DeniedError):
        book.find(found)
    with pytest.raises(DeniedError):
        book.add(found, Content(text="non", place="05", kind="soft"))


def test_a_verified_address_is_taken():
    write(TABLE)
    assert who(email_verified=True).role == "facilitateur"


def test_the_mark_of_a_person_is_stable_their_own_and_not_readable():
    write(TABLE)
    anne = who()
    assert anne.who == who().who
    assert anne.who != who(sub="s2").who
    assert anne.who != who(iss="http://autre").who
    assert anne.who != roles.actor(claims(), "autre secret").who
    assert "s1" not in anne.holder
    assert "anne" not in anne.holder


def test_the_table_is_read_again_when_it_changes():
    write(TABLE)
    assert who().role == "facilitateur"
    write(TABLE.replace("facilitateur", "lecteur"))
    assert who().role == "lecteur"
    write("contact = 'x'\n")
    assert who() == roles.NOBODY


PERSON = '[[personne]]\ncourriel = "a@b.be"\nrole = "lecteur"\nols = "05"\n'
WRONG = {
    "not TOML": ("[[personne", "TOML"),
    "not text": ("\x00\xff", "TOML"),
    "unknown key": ("mot_de_passe = 'x'", "« mot_de_passe » inconnu"),
    "no rows": ("personne = 3", "[[personne]]"),
    "a row that is a text": ("personne = ['x']", "guillemets"),
    "a number for an OLS": (PERSON.replace('"05"', "5"), "guillemets"),
    "unknown field": (PERSON + 'nom = "Anne"', "« nom » inconnu"),
    "neither address nor subject": (PERSON.replace('courriel = "a@b.be"\n', ""), "un courriel, ou"),
    "both": (PERSON + 'sujet = "1"', "pas les deux"),
    "no address": (PERSON.replace("a@b.be", "ab"), "courriel mal écrit"),
    "every right": (PERSON.replace("lecteur", "local"), "rôle « local » inconnu"),
    "unknown role": (PERSON.replace("lecteur", "chef"), "rôle « chef » inconnu"),
    "no role": (PERSON.replace('role = "lecteur"\n', ""), "rôle «  » inconnu"),
    "unknown OLS": (PERSON.replace('"05"', '"11"'), "OLS « 11 » inconnue"),
    "no OLS": (PERSON.replace('ols = "05"\n', ""), "OLS «  » inconnue"),
    "IWPL of an OLS": (PERSON.replace("lecteur", "iwpl"), "n’a pas d’OLS"),
    "twice": (PERSON + PERSON.replace("a@b", "A@B"), "personne 2 : déjà dans la table"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_lets_nobody_in_and_names_no_address(case):
    text, message = WRONG[case]
    write(text)
    with pytest.raises(DataError, match=message.replace("[", r"\[")) as refused:
        who(email="a@b.be")
    assert "a@b" not in str(refused.value).casefold()


def test_a_missing_table_lets_nobody_in():
    assert not store.folder().joinpath(roles.NAME).exists()
    with pytest.raises(DataError, match="table des rôles manque"):
        who()


def test_every_role_but_the_local_one_can_be_given():
    assert set(roles.GIVEN) == set(actors.RIGHTS) - {"local"}
    for role in roles.GIVEN:
        ols = "" if role in roles.WITHOUT_OLS else 'ols = "06"\n'
        write(f'[[personne]]\nsujet = "1"\nrole = "{role}"\n{ols}')
        found = who(sub="1")
        assert found.role == role
        assert actors.may(found, actors.READ)
    assert "06" in places.all_ols()
