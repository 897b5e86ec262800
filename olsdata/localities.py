"""Names of the sections (former communes), read from the names of their sectors.

The source names sectors in capitals without accents (« BEAUVECHAIN-CENTRE »); it does not name
sections. The sector whose number starts with 00 is the heart of the section and gives it its
name. What that rule cannot read is named by hand, only where the sectors of the section, or the
former communes of the city, leave no doubt; otherwise the section keeps its code.
"""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

OFFICIAL = {
    "92094D": "Malonne",
    "91005D": "Bioul",
    "91005C": "Denée-Maredsous",
    "91005B": "Sosoye-Maredret",
}
"""Sections that the order of 6 June 2024 names."""

BY_HAND = {
    # The 00 sector bears the name of a quarter; the commune or its other sectors name the section.
    "25048A": "Jodoigne",
    "25091B": "Genval",
    "25117D": "Gentinnes",
    "25119A": "Lasne-Chapelle-Saint-Lambert",
    "25124B": "Nil-Saint-Vincent-Saint-Martin",
    "52011A": "Charleroi",
    "52015A": "Courcelles",
    "52015B": "Souvret",
    "52022A": "Fontaine-l'Evêque",
    "53065A": "Quaregnon",
    "53082A": "Wasmes",
    "53082B": "Pâturages",
    "55004A": "Braine-le-Comte",
    "55022B": "Haine-Saint-Pierre",
    "55050B": "Ecaussinnes-Lalaing",
    "56011A": "Binche",
    "56022A": "Erquelinnes",
    "61028C": "Couthuin",
    "61031B": "Ben-Ahin",
    "61039A": "Marchin",
    "62015A": "Beyne-Heusay",
    "62022B": "Beaufays",
    "62032A": "Esneux",
    "62038A": "Fléron",
    "62038B": "Retinne",
    "62063A": "Liège",
    "62063D": "Jupille-sur-Meuse",
    "62063K": "Glain",
    "62093A": "Saint-Nicolas",
    "62093B": "Tilleur",
    "62096A": "Seraing",
    "62096C": "Ougrée",
    "62099C": "Micheroux",
    "62120A": "Flémalle",
    "62120D": "Mons-lez-Liège",
    "63049A": "Malmedy",
    "63061A": "Raeren",
    "64075B": "Ambresin",
    "81001A": "Arlon",
    "83040D": "Harsin",
    "83040G": "Forrières",
    "91005E": "Annevoie-Rouillon",
    "91059A": "Hamois",
    "91120F": "Sinsin",
    "92006E": "Courrière",
    "92054A": "Gesves",
    "92054B": "Faulx-les-Tombes",
    "92094A": "Namur",
    "92094C": "Wépion",
    "92094K": "Bouge",
    "92094P": "Boninne-Gelbressée",
    "92097A": "Ohey",
    "92101A": "Profondeville",
    "92142D": "Les Isnes",
    "93088B": "Pry",
    "56044B": "Sars-la-Buissière",
    "92137E": "Moignelée",
    # Misprints and cut words of the source.
    "52011K": "Monceau-sur-Sambre",
    "52063D": "Petit-Roeulx-lez-Nivelles",
    "61024B": "Comblain-la-Tour",
    "61043B": "Villers-le-Temple",
    "62011B": "Roclenge-sur-Geer",
    "64075A": "Wasseiges",
    "84010D": "Noirefontaine",
    "93010F": "Senzeilles",
    # No sector 00 has a name: the locality of its other sectors, or the one former commune left.
    "25123D": "Wisbecq",
    "51004L": "Ormeignies",
    "51065H": "Forest",
    "52011B": "Dampremy",
    "52011R": "Ransart",
    "53065B": "Wasmuel",
    "55039G": "Fouleng",
    "61041D": "Outrelouxhe",
    "61043C": "Yernée-Fraineux",
    "61063B": "Bodegnée",
    "62060G": "Wihogne",
    "62063B": "Amercoeur-Longdoz",
    "62063J": "Sclessin",
    "62099F": "Evegnée-Tignée",
    "62100E": "Gomzé-Andoumont",
    "62118C": "Crotteux",
    "63001D": "Born",
    "63048A": "Lontzen",
    "63067B": "Wallerode",
    "82003C": "Villers-la-Bonne-Eau",
    "84050F": "Plainevaux",
    "85007F": "Frenois",
    "93014F": "Brûly-de-Pesche",
    "56016G": "Rièzes",
    "56016N": "Bailièvre",
    "61080B": "Clermont-Nord",
    "62119F": "Saint-Remy",
    "63075E": "Lorcé",
    "91054K": "Sart-Custinne",
    "91064F": "Porcheresse",
    "91103D": "Serville",
}

ACCENTED = """
Abée Achêne André Anthée Balâtre Barbençon Béclers Béguines Bertrée Berzée Bevercé Biercée
Biesmerée Bléharies Boëlhe Boignée Bossière Brasménil Brûly Carnières Cécile Céroux Chaîneux
Châtelineau Châtillon Chaussée Chênée Chèvremont Escaillère Falaën Flénu Flône Florée Franière
Geneviève Gérard Gérin Gérouville Géry Gimnée Gochenée Goé Gomezée Gozée Grivegnée Hamipré
Hannêche Harzé Havré Hennuyères Hérinnes Hermée Hévillers Hompré Hozémont Isières Keumiée
Labuissière Lamontzée Limerlé Louveigné Mabompré Magnée Maisières Malempré Malèves Mazée Méan
Mélin Mévergnies Miécret Montegnée Namêche Naomé Néchin Niverlée Omezée Othée Péronnes Piétrain
Piétrebais Piéton Pondrôme Rêves Rimière Rivière Rognée Romerée Romsée Ronquières Rosée Rosière
Rosières Samrée Sélange Séverin Siméon Sommière Somzée Sorée Sougné Strée Suarlée Thiméon
Trivières Trognée Verlée Vodecée Vodelée Vogenée Vonêche Wagnelée Wanfercée Warzée Wéris
Wihéries Zétrud
"""
"""Words of names of former communes whose accents the source dropped, beside those of communes."""

# What follows the locality in the name of a sector: « -CENTRE », « - PLACE », « HAB. DISP. »…
_HEART = re.compile(
    r"[\s-]+(?:(?:LE )?VILLAGE|CENTR(?:E|ES|EE|UM)|CENT\.|ZENTRUM|PLACE|EGLISE|CHEF-LIEU|STATION"
    r"|VALLEE)\b.*$"
)
_SCATTERED = re.compile(r"[\s-]+(?:HAB(?:ITATIONS?|\.)?|ZERSTR\w*\.?)[\s.-]*(?:DISP|BEW).*$")
_SMALL = re.compile(r"à|aux?|d'|de|delà|des|du|en|et|l'|la|les?|lez|lès|par|sans|sous|sur")


def plain(text: str) -> str:
    """Capitals without accents, with straight apostrophes.

    >>> plain("Fontaine-l’Evêque")
    "FONTAINE-L'EVEQUE"
    """
    letters = unicodedata.normalize("NFD", text.replace("’", "'").upper())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def title(name: str, accents: dict[str, str] | None = None) -> str:
    """French capitals of a place name.

    Parameters
    ----------
    name : capitals, as in the source
    accents : plain word -> the word as a commune writes it

    Examples
    --------
    >>> title("BOIS-D'HAINE"), title("LA HESTRE"), title("NIL-ST-VINCENT")
    ("Bois-d'Haine", 'La Hestre', 'Nil-Saint-Vincent')
    >>> title("QUEVY-LE-GRAND", {"QUEVY": "Quévy"}), title("PONT-A-CELLES")
    ('Quévy-le-Grand', 'Pont-à-Celles')
    """
    known = accents or {}
    tokens = re.findall(r"[DL]'|[^\s'-]+'?|[\s-]+", name)
    words = []
    for position, token in enumerate(tokens):
        word = {"ST": "Saint", "STE": "Sainte", "A": "à", "DELA": "delà"}.get(token, token)
        if position > 0 and _SMALL.fullmatch(word.lower()):
            words.append(word.lower())
        else:
            words.append(known.get(token, word[:1].upper() + word[1:].lower()))
    return "".join(words)


def heart_name(name: str) -> str:
    """Locality in the name of the central sector of a section, in capitals.

    >>> heart_name("LODELINSART-CENTRE - MARTEAU"), heart_name("CAMBRON - CASTEAU - CENTRE")
    ('LODELINSART', 'CAMBRON-CASTEAU')
    """
    short = re.sub(r"\s*\(.*?\)", "", name).replace("' ", "'")
    return re.sub(r"\s*-\s*", "-", _HEART.sub("", short)).strip(" -")


def section_names(secteurs: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Name every section; none is blank.

    Parameters
    ----------
    secteurs : secteur, section, refnis, nom (may be missing)
    communes : refnis, nom: the spelling with accents of the words that communes use

    Returns
    -------
    DataFrame section, refnis, nom, sorted by section
    """
    accents = {plain(word): word for word in ACCENTED.split()}
    for commune in communes["nom"]:
        for word in re.findall(r"[^\s'’-]+", str(commune)):
            accents.setdefault(plain(word), word)
    accents = {key: word for key, word in accents.items() if key != word.upper()}
    whole = {(row.refnis, plain(str(row.nom))): str(row.nom) for row in communes.itertuples()}

    def found(section: str, refnis: str, own: pd.DataFrame) -> str:
        if section in OFFICIAL or section in BY_HAND:
            return OFFICIAL.get(section) or BY_HAND[section]
        hearts = [str(nom) for code, nom in own.to_numpy() if str(code)[6:8] == "00"]
        hearts.sort(key=lambda nom: _HEART.search(nom) is None)
        spread = [str(nom) for code, nom in own.to_numpy() if str(code)[6] == "0"]
        spread = [_SCATTERED.sub("", nom) for nom in spread if _SCATTERED.search(nom)]
        for name in (*map(heart_name, hearts), *spread):
            if name:
                return whole.get((refnis, name)) or title(name, accents)
        return f"section {section}"

    named = secteurs[secteurs["nom"].notna()].sort_values("secteur")
    groups = dict(list(named.groupby("section")[["secteur", "nom"]]))
    frame = secteurs[["section", "refnis"]].drop_duplicates("section")
    frame = frame.sort_values("section", ignore_index=True)
    none = named.iloc[:0][["secteur", "nom"]]
    frame["nom"] = [
        found(section, refnis, groups.get(section, none))
        for section, refnis in frame[["section", "refnis"]].to_numpy()
    ]
    return frame
