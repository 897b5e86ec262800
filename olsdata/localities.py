"""Names of the sections (former communes), read from the names of their sectors."""

from __future__ import annotations

import pandas as pd


def section_names(secteurs: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    z = secteurs[secteurs.secteur.str[6:8].eq("00") & secteurs.nom.notna()].drop_duplicates(
        "section"
    )
    z = z.set_index("section").nom.str.replace("-CENTRE", "").str.title()
    s = secteurs.drop_duplicates("section")[["section", "refnis"]].sort_values(
        "section", ignore_index=True
    )
    s["nom"] = s.section.map(z).fillna("section " + s.section)
    return s
