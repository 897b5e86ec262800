"""What the field adds to the registry: proposals, declarations, counts of doctors, files.

Nothing here changes a sourced row: a proposal stands beside it, with the role of its author, its
date and its source. Nothing is erased either: withdrawing is a state, and every change appends a
revision.
"""

from olsdata.registry.checks import ROLES, french_date
from olsdata.registry.declarations import (
    Declaration,
    declarations,
    declare_complete,
    declared,
    revoke,
)
from olsdata.registry.doctors import (
    counts,
    doctors_table,
    enter_count,
    enter_counts,
    import_counts,
    withdraw_count,
)
from olsdata.registry.files import Report, export_csv, export_frame, import_csv
from olsdata.registry.links import add_link, ends, links, withdraw_link
from olsdata.registry.proposals import (
    STATUS,
    Content,
    Coverage,
    Proposal,
    history,
    proposals,
    propose,
    revise,
    sourced,
    unknown_communes,
    withdraw,
    zone,
)
from olsdata.registry.rights import keeps

__all__ = [
    "ROLES",
    "STATUS",
    "Content",
    "Coverage",
    "Declaration",
    "Proposal",
    "Report",
    "add_link",
    "counts",
    "declarations",
    "declare_complete",
    "declared",
    "doctors_table",
    "ends",
    "enter_count",
    "enter_counts",
    "export_csv",
    "export_frame",
    "french_date",
    "history",
    "import_counts",
    "import_csv",
    "keeps",
    "links",
    "proposals",
    "propose",
    "revise",
    "revoke",
    "sourced",
    "unknown_communes",
    "withdraw",
    "withdraw_count",
    "withdraw_link",
    "zone",
]
