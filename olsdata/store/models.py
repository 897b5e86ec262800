"""Tables of the database, as SQLAlchemy models.

Dates of a source are ISO texts, as precise as the source gives them (« 2022 », « 2022-05 »,
« 2022-05-17 »); moments are UTC texts to the microsecond, so that they sort and compare the same
on every database.
"""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table; constraints are named, so that a migration can find them."""

    metadata = MetaData(naming_convention=NAMING)


class Proposal(Base):
    """A structure as the field describes it: an addition, or a correction of a sourced row."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("state in ('active', 'withdrawn')", name="state"),
        Index(None, "type", "state"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    corrects: Mapped[str] = mapped_column(String(64), default="")
    type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Text)
    seat_refnis: Mapped[str] = mapped_column(String(5), default="")
    seat: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)
    source_date: Mapped[str] = mapped_column(String(10))
    link: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="active")
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))
    communes: Mapped[list[ProposalCommune]] = relationship(
        cascade="all, delete-orphan", order_by="ProposalCommune.refnis", lazy="selectin"
    )


class ProposalCommune(Base):
    """A commune of a proposal; no share means unknown."""

    __tablename__ = "proposal_commune"
    __table_args__ = (CheckConstraint("share is null or (share > 0 and share <= 1)", name="share"),)

    proposal: Mapped[str] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    refnis: Mapped[str] = mapped_column(String(5), primary_key=True)
    share: Mapped[float | None]
    deduced: Mapped[bool] = mapped_column(default=False)


class Declaration(Base):
    """« Complet au … selon … »: one type in one OLS, until it is revoked."""

    __tablename__ = "declaration"
    __table_args__ = (Index(None, "type", "ols"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    ols: Mapped[str] = mapped_column(String(10))
    date: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="active")
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class Link(Base):
    """A link between two structures, as the field knows it, until it is withdrawn."""

    __tablename__ = "link"
    __table_args__ = (Index(None, "state"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    structure_a: Mapped[str] = mapped_column(String(80))
    structure_b: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(30))
    body: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)
    date: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="active")
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class SharedWeights(Base):
    """Weights of the need index kept under a name, each with its reason.

    ``lines`` holds, for each indicator, its id, its weight and its reason. A name is taken once
    in an OLS, whatever its capitals and accents, until what bears it is withdrawn.
    """

    __tablename__ = "shared_weights"
    __table_args__ = (
        CheckConstraint("state in ('active', 'retire')", name="state"),
        Index(
            None,
            "ols",
            "folded",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    ols: Mapped[str] = mapped_column(String(10), default="")
    name: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[list[object]]] = mapped_column(JSON)
    visibility: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="active")
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class DoctorCount(Base):
    """Active general practitioners of a commune at a date, from a list that is named."""

    __tablename__ = "doctor_count"
    __table_args__ = (
        CheckConstraint("doctors >= 0", name="doctors"),
        Index(None, "refnis", "date"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    refnis: Mapped[str] = mapped_column(String(5))
    doctors: Mapped[int]
    date: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="active")
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class Revision(Base):
    """What was done to a record, by which role and when; only ever appended."""

    __tablename__ = "revision"
    __table_args__ = (Index(None, "kind", "subject", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    action: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    at: Mapped[str] = mapped_column(String(32))
    content: Mapped[dict[str, object]] = mapped_column(JSON)


class Note(Base):
    """What the field says: a note, a besoin, a signal, an opportunity or a small victory.

    ``lineage`` holds a mark per revision, the newest last: two machines know by it whether one
    has only gone further than the other. An erased note keeps its line, without any text.
    """

    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint("state in ('active', 'retire', 'efface')", name="state"),
        CheckConstraint("length(text) <= 1000", name="text"),
        Index(None, "id", unique=True),
        Index(None, "state", "date"),
        Index(None, "ols", "state", "date"),
        Index(None, "place", "state"),
        Index(None, "answers_to"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    sort: Mapped[str] = mapped_column(String(12))
    ols: Mapped[str] = mapped_column(String(10), default="")
    place: Mapped[str] = mapped_column(String(64), default="")
    place_label: Mapped[str] = mapped_column(Text, default="")
    indicator: Mapped[str] = mapped_column(String(64), default="")
    theme: Mapped[str] = mapped_column(String(20), default="")
    kind: Mapped[str] = mapped_column(String(10), default="")
    direction: Mapped[str] = mapped_column(String(10), default="")
    strength: Mapped[int] = mapped_column(default=0)
    confidence: Mapped[str] = mapped_column(String(12), default="")
    source: Mapped[str] = mapped_column(String(12), default="")
    voices: Mapped[str] = mapped_column(String(10), default="")
    author: Mapped[str] = mapped_column(String(20), default="")
    date: Mapped[str] = mapped_column(String(10), default="")
    review_by: Mapped[str] = mapped_column(String(10), default="")
    visibility: Mapped[str] = mapped_column(String(10), default="")
    for_whom: Mapped[str] = mapped_column(Text, default="")
    missing: Mapped[str] = mapped_column(String(20), default="")
    obstacle: Mapped[str] = mapped_column(String(20), default="")
    level: Mapped[str] = mapped_column(String(10), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(12), default="")
    answers_to: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(10), default="active")
    revision: Mapped[int] = mapped_column(default=1)
    shared: Mapped[bool] = mapped_column(default=False)
    lineage: Mapped[list[str]] = mapped_column(JSON)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))
    steps: Mapped[list[NoteStep]] = relationship(
        cascade="all, delete-orphan", order_by="NoteStep.position", lazy="selectin"
    )


class NoteStep(Base):
    """A step of a besoin or of a signal: its status, since when, and the answer given."""

    __tablename__ = "note_step"

    note: Mapped[int] = mapped_column(ForeignKey("note.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    date: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(20))


class Draft(Base):
    """What someone is typing, kept until the note is saved or the draft is dropped."""

    __tablename__ = "draft"

    holder: Mapped[str] = mapped_column(String(100), primary_key=True)
    form: Mapped[str] = mapped_column(String(100), primary_key=True)
    note: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    saved: Mapped[str] = mapped_column(String(32))


class Drawing(Base):
    """A proposal of bassins for one OLS; its plans are in its revisions.

    ``trail`` holds the numbers of the revisions that undo and redo walk along, and ``position``
    where they stand.
    """

    __tablename__ = "drawing"
    __table_args__ = (
        CheckConstraint("state in ('active', 'withdrawn')", name="state"),
        CheckConstraint("status in ('atelier', 'valide')", name="status"),
        Index(None, "ols", "state"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    ols: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(10), default="atelier")
    state: Mapped[str] = mapped_column(String(10), default="active")
    role: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)
    trail: Mapped[list[int]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class Gathering(Base):
    """Besoins that a person put together, or said to be distinct; the besoins stay as they are."""

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint("state in ('active', 'defait', 'distinct')", name="state"),
        Index(None, "state"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="active")
    revision: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(String(20))
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))
    members: Mapped[list[GatheringMember]] = relationship(
        cascade="all, delete-orphan", order_by="GatheringMember.note", lazy="selectin"
    )


class GatheringMember(Base):
    """A besoin of a gathering."""

    __tablename__ = "gathering_member"
    __table_args__ = (Index(None, "note"),)

    gathering: Mapped[str] = mapped_column(ForeignKey("gathering.id"), primary_key=True)
    note: Mapped[str] = mapped_column(String(64), primary_key=True)


class FlowMark(Base):
    """What a territory says of one flow; the latest row on a flow is the one that holds."""

    __tablename__ = "flow_mark"
    __table_args__ = (Index(None, "ols"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    ols: Mapped[str] = mapped_column(String(10))
    diagram: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    flow: Mapped[str] = mapped_column(Text)
    here: Mapped[str] = mapped_column(String(10))
    since: Mapped[str] = mapped_column(String(10), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(20))
    moment: Mapped[str] = mapped_column(String(32))


class Workshop(Base):
    """A workshop of one OLS, from its preparation to its record.

    ``code`` lives while the workshop is open. ``position`` is the screen that the room looks at:
    it changes all the time, so ``revision`` does not count it.
    """

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("state in ('prepare', 'ouvert', 'clos')", name="state"),
        Index(None, "id", unique=True),
        Index(None, "ols", "date"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    ols: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(64))
    place_label: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    date: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="prepare")
    code: Mapped[str] = mapped_column(String(12), default="")
    held: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    pictures: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    represented: Mapped[list[str]] = mapped_column(JSON)
    absent: Mapped[list[str]] = mapped_column(JSON)
    present: Mapped[str] = mapped_column(Text, default="")
    missing: Mapped[str] = mapped_column(Text, default="")
    opened: Mapped[str] = mapped_column(String(32), default="")
    closed: Mapped[str] = mapped_column(String(32), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class Contribution(Base):
    """What someone said during a workshop, typed on the screen or sent from a telephone."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("length(text) <= 1000", name="text"),
        Index(None, "id", unique=True),
        Index(None, "workshop", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    workshop: Mapped[str] = mapped_column(ForeignKey("workshop.id"))
    picture: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(10), default="")
    origin: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(20), default="")
    shown: Mapped[bool] = mapped_column(default=True)
    reading: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(String(64), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))


class Hypothesis(Base):
    """« Nous pensons que… parce que… », and what it rests on."""

    __tablename__ = "hypothesis"
    __table_args__ = (Index(None, "id", unique=True), Index(None, "workshop"))

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    workshop: Mapped[str] = mapped_column(ForeignKey("workshop.id"))
    belief: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    contributions: Mapped[list[str]] = mapped_column(JSON)
    pictures: Mapped[list[str]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class FirstStep(Base):
    """The first step that a workshop chose."""

    __tablename__ = "first_step"
    __table_args__ = (Index(None, "id", unique=True), Index(None, "workshop"))

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    workshop: Mapped[str] = mapped_column(ForeignKey("workshop.id"))
    hypothesis: Mapped[str] = mapped_column(String(64), default="")
    who: Mapped[str] = mapped_column(Text)
    bassins: Mapped[list[str]] = mapped_column(JSON)
    bassin_labels: Mapped[list[str]] = mapped_column(JSON)
    axis: Mapped[str] = mapped_column(String(12))
    result: Mapped[str] = mapped_column(Text)
    by_when: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class Cycle(Base):
    """One turn of the learning cycle of a first step."""

    __tablename__ = "cycle"
    __table_args__ = (
        Index(None, "id", unique=True),
        Index(None, "step", "turn", unique=True),
        Index(None, "ols", "visibility"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(ForeignKey("first_step.id"))
    ols: Mapped[str] = mapped_column(String(10))
    turn: Mapped[int]
    phase: Mapped[str] = mapped_column(String(12))
    theme: Mapped[str] = mapped_column(String(20), default="")
    visibility: Mapped[str] = mapped_column(String(10))
    date: Mapped[str] = mapped_column(String(10))
    plan: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    learnt: Mapped[str] = mapped_column(Text, default="")
    fallen: Mapped[str] = mapped_column(Text, default="")
    next: Mapped[str] = mapped_column(Text, default="")
    wins: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class Mandate(Base):
    """A fiche mandat: its title, and its fields by id."""

    __tablename__ = "mandate"
    __table_args__ = (Index(None, "id", unique=True), Index(None, "ols"))

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64))
    ols: Mapped[str] = mapped_column(String(10))
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    created: Mapped[str] = mapped_column(String(32))
    updated: Mapped[str] = mapped_column(String(32))


class TrajectoryEntry(Base):
    """Something that a team wrote of its trajectory; the latest row of a key holds."""

    __tablename__ = "trajectory_entry"
    __table_args__ = (Index(None, "ols", "sort"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    ols: Mapped[str] = mapped_column(String(10))
    sort: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(64))
    holder: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    date: Mapped[str] = mapped_column(String(10))
    visibility: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(20))
    moment: Mapped[str] = mapped_column(String(32))
    gone: Mapped[bool] = mapped_column(default=False)
