"""`python -m benchmarks.lisibilite`: how easily the French texts of the dashboard are read.

The measure is Kandel and Moles' (1958), the French form of Flesch's: 207 − 1.015 × words per
sentence − 73.6 × syllables per word; 100 is very easy, under 30 is for specialists. The field's own
words (« organisation locorégionale », « universalisme proportionné ») are long and weigh on it.
"""

from __future__ import annotations

import re
import statistics
import sys

from olsdata import reference
from olsdata.phrases import TEXTS

VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœ]+", re.IGNORECASE)
SILENT = re.compile(r"(?<=[^aeiouyéèêà])(e|es|ent)$", re.IGNORECASE)


def syllables(word: str) -> int:
    """Groups of vowels that are said; a final mute e is not.

    >>> [syllables(word) for word in ("chat", "grise", "organisation", "bassin")]
    [1, 1, 5, 2]
    """
    return max(1, len(VOWELS.findall(SILENT.sub("", word))))


def score(text: str) -> tuple[float, float]:
    """Ease of a text, and its words per sentence.

    >>> round(score("Le chat dort. Il est gris.")[1])
    3
    """
    plain = re.sub(r"[*_`#>\[\]()|]", " ", text)
    sentences = [s for s in re.split(r"[.!?;:]+(?:\s|$)|\n\n", plain) if re.search(r"\w", s)]
    words = re.findall(r"(?:[a-zA-Z]{1,2}[’'])?[A-Za-zÀ-ÿœŒ]+", plain)
    length = len(words) / max(1, len(sentences))
    said = sum(map(syllables, words)) / max(1, len(words))
    return 207 - 1.015 * length - 73.6 * said, length


def texts() -> dict[str, str]:
    """Texts of the pages by name: those of ``textes/`` and those of the blocks of reference."""
    found = {path.stem: path.read_text("utf-8") for path in sorted(TEXTS.glob("*.md"))}
    for theme in reference.themes().values():
        for block in theme.blocks:
            found[f"{theme.id}.{block.id}"] = " ".join([block.text, block.limits])
    return found


def main() -> None:
    """Print the hardest texts, then the median."""
    rows = sorted((score(text), name) for name, text in texts().items())
    sys.stdout.write(f"{'texte':<40}{'aisance':>10}{'mots/phrase':>14}\n")
    for (ease, length), name in rows[:15]:
        sys.stdout.write(f"{name:<40}{ease:>10.0f}{length:>14.1f}\n")
    middle = statistics.median(ease for (ease, _), _ in rows)
    words = statistics.median(length for (_, length), _ in rows)
    sys.stdout.write(f"{f'médiane de {len(rows)} textes':<40}{middle:>10.0f}{words:>14.1f}\n")


if __name__ == "__main__":
    main()
