"""The registry: each function takes the actor, and refuses what the role or the OLS may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from olsdata import registry
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.registry import Content, Coverage

FIVE, SIX = Actor("facilitateur", "05"), Actor("facilitateur", "06")
IWPL, PARTICIPANT = Actor("iwpl"), Actor("participant", "05")
READER, NOBODY, HOMELESS = Actor("lecteur", "05"), Actor(""), Actor("facilitateur")
INSIDE, ELSEWHERE = "92140", "25005"
"""A commune of OLS 05, and one of OLS 01."""

HERE = Content("cercle_mg", "Ici", "Site", "2025", (Coverage(INSIDE),))
COUNTS = b"commune,medecins,date,source\n92140,12,2025,INAMI\n"
FILE = "id,type,nom,date,source,communes\n,cercle_mg,Neuf,2025,Site,{}=1\n"
LINK = ("clps-namur", "plateforme_palliative", "organe de gouvernance", "", "Rapport", "2025")

Attempts = dict[str, Callable[[Actor, str], object]]


@pytest.fixture
def attempts() -> Attempts:
    """Every function that writes, on something of OLS 05."""
    made = registry.propose(LOCAL, HERE, "facilitateur")
    registry.enter_count(LOCAL, INSIDE, 10, "2024", "INAMI", "facilitateur")
    declared = registry.declare_complete(LOCAL, "rml", "05", "2025", "Liste", "facilitateur")
    link = registry.add_link(LOCAL, *LINK, "facilitateur")
    count = registry.counts([INSIDE]).at[INSIDE, "id"]
    return {
        "propose": lambda a, r: registry.propose(a, replace(HERE, name=f"{a.role}{r}"), r),
        "link": lambda a, r: registry.add_link(a, *LINK[:3], f"Instance {a.role}", *LINK[4:], r),
        "revise": lambda a, r: registry.revise(a, made.id, replace(HERE, name="b"), r, 1),
        "withdraw": lambda a, r: registry.withdraw(a, made.id, r),
        "declare": lambda a, r: registry.declare_complete(a, "cercle_mg", "05", "2025", "L", r),
        "revoke": lambda a, r: registry.revoke(a, declared.id, r),
        "count": lambda a, r: registry.enter_count(a, INSIDE, 11, "2025", "INAMI", r),
        "counts": lambda a, r: registry.import_counts(a, COUNTS, r),
        "withdraw count": lambda a, r: registry.withdraw_count(a, str(count), r),
        "import": lambda a, r: registry.import_csv(a, FILE.format(INSIDE).encode(), r),
        "withdraw link": lambda a, r: registry.withdraw_link(a, link, r),
    }


PROPOSING = {"propose", "link"}


def state() -> tuple[object, ...]:
    proposals = [(p.id, p.content, p.revision) for p in registry.proposals(withdrawn=True)]
    counts = registry.counts().to_csv()
    return proposals, counts, registry.declarations(), registry.links().to_csv()


@pytest.mark.parametrize("actor", [IWPL, PARTICIPANT, READER, NOBODY, HOMELESS])
def test_what_a_role_may_not_do_is_refused_and_changes_nothing(attempts, actor):
    may = PROPOSING if actor in (IWPL, PARTICIPANT) else set()
    before = state()
    for name in attempts.keys() - may:
        with pytest.raises(DeniedError, match="ne permet pas"):
            attempts[name](actor, "autre")
    assert state() == before


@pytest.mark.parametrize("actor", [LOCAL, FIVE])
def test_a_facilitator_keeps_the_registry_of_its_ols(attempts, actor):
    for name, attempt in attempts.items():
        if name != "withdraw":  # revised just before
            attempt(actor, "facilitateur")
    assert len(registry.proposals()) == 3


def test_the_iwpl_and_a_participant_propose_in_their_own_voice(attempts):
    for name in PROPOSING:
        attempts[name](IWPL, "iwpl")
        attempts[name](PARTICIPANT, "professionnel")
        for actor, role in ((IWPL, "facilitateur"), (PARTICIPANT, "facilitateur"), (FIVE, "iwpl")):
            with pytest.raises(DeniedError, match="en tant que") as refused:
                attempts[name](actor, role)
            assert "Traceback" not in str(refused.value)


def test_another_ols_changes_nothing_of_this_one(attempts):
    before = state()
    for name in attempts.keys() - PROPOSING - {"import", "withdraw link"}:
        if name == "counts":
            assert "autre OLS" in registry.import_counts(SIX, COUNTS).faults[0]
            continue
        with pytest.raises(DeniedError, match="autre OLS"):
            attempts[name](SIX, "facilitateur")
    assert state() == before


def test_a_file_does_not_change_a_proposal_of_another_ols(attempts):
    exported = registry.export_csv().replace(",Ici,", ",Ailleurs,")
    with pytest.raises(DeniedError, match="autre OLS"):
        registry.import_csv(SIX, exported.encode())
    assert [p.content.name for p in registry.proposals()] == ["Ici"]
    assert registry.import_csv(FIVE, exported.encode()).revised == 1


def test_a_zone_that_nobody_knows_is_everyones(attempts):
    made = registry.propose(FIVE, replace(HERE, name="Sans zone", communes=()), "facilitateur")
    assert not registry.withdraw(SIX, made.id, "facilitateur").active
    assert registry.keeps(FIVE, [INSIDE, ELSEWHERE])
    assert not registry.keeps(FIVE, [ELSEWHERE])
    assert not registry.keeps(READER, [INSIDE])
