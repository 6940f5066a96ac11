"""The readers and word lists that come with the system; no database is needed for them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tongqu.systems.cases.analytics.matters import MatterWords
from tongqu.systems.cases.analytics.reader import Reader, Text
from tongqu.systems.cases.analytics.training import vocabulary_of
from tongqu.systems.cases.rules.places import place_phrase, places_in

FOLDER = Path(__file__).resolve().parent.parent / "data" / "reading"
CATEGORY_WORDS = FOLDER / "categories.csv"
MATTER_WORDS = FOLDER / "matters.csv"
CATEGORY_READER = FOLDER / "categories.npz"
STRENGTHS = {"strong": 2.0, "plain": 1.0, "weak": 0.25}
BODY_FOR_PLACE = 200


@dataclass(frozen=True)
class Reading:
    """What a message is about: its category with the probability (0..1), its matter's code or nothing, its place words."""

    category: str
    probability: float
    matter: str
    place: str


NOTHING_READ = Reading("", 0.0, "", "")
"""Of a message without words."""


@lru_cache(maxsize=1)
def category_reader() -> Reader:
    """Return the reader of the seven categories that comes with the system."""
    return Reader.from_bytes(CATEGORY_READER.read_bytes())


def category_words(file: Path = CATEGORY_WORDS) -> dict[str, dict[str, float]]:
    """Return the words of each category with their strengths."""
    words: dict[str, dict[str, float]] = {}
    for row in _rows(file):
        own = words.setdefault(row["category"], {})
        own.update(dict.fromkeys(row["words"].split(), STRENGTHS[row["strength"]]))
    return words


def matter_strengths(file: Path = MATTER_WORDS) -> dict[str, dict[str, float]]:
    """Return the words of each matter of the standard list; longer words say more."""
    return {row["code"]: {word: float(len(word)) for word in row["words"].split()} for row in _rows(file)}


@lru_cache(maxsize=1)
def matter_words() -> MatterWords:
    """Return the words of the matters; a word that speaks for fewer matters and is longer says more."""
    categories = {row["code"]: frozenset(row["categories"].split()) for row in _rows(MATTER_WORDS)}
    return MatterWords(vocabulary_of(matter_strengths(), []), categories)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def read_messages(texts: Sequence[Text]) -> list[Reading]:
    """Return what each message is about."""
    reader, matters = category_reader(), matter_words()
    chances = reader.chances(texts)
    best = chances.argmax(axis=1)
    codes = matters.codes(matters.shares(texts, chances, reader.classes))
    return [
        Reading(reader.classes[best[row]], float(chances[row, best[row]]), codes[row], _place(text))
        if text.subject.strip() or text.body.strip()
        else NOTHING_READ
        for row, text in enumerate(texts)
    ]


def _place(text: Text) -> str:
    whole = f"{text.subject}。{text.body[:BODY_FOR_PLACE]}"
    return place_phrase(places_in(whole, read=len(text.subject) + BODY_FOR_PLACE))
