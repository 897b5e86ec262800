"""Tables of the database, as SQLAlchemy models.

Dates of a source are ISO texts, as precise as the source gives them (« 2022 », « 2022-05 »,
« 2022-05-17 »); moments are UTC texts to the microsecond, so that they sort and compare the same
on every database.
"""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, MetaData, String, Text
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
