"""What a case is read to be about: matters with probabilities and reasons, the place, how urgent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tongqu.shared.region.models import Division
from tongqu.systems.cases.analytics.reader import Guess, Reader, Text
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.reading import ReaderVersion
from tongqu.systems.cases.queries.reading import category_reader, matter_words
from tongqu.systems.cases.rules.personal import masked
from tongqu.systems.cases.rules.places import (
    NamedDivision,
    PlaceWords,
    division_in,
    gazetteer_of,
    places_in,
    short_names,
)
from tongqu.systems.cases.rules.urgency import Reading as UrgencyReading
from tongqu.systems.cases.rules.urgency import urgency_of

SURE_FROM = 0.5
SHOWN_FROM = 0.01
MOST = 3


@dataclass(frozen=True)
class Suggested:
    """A matter that the case may be about, how likely (0..1), and the words that spoke for it."""

    matter: Matter
    probability: float
    words: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The probability in percent; never a hundred, since nothing that is learnt is certain."""
        return min(round(100 * self.probability), 99)


@dataclass(frozen=True)
class CaseReading:
    """What is read out of a case. `version` is None while no desk's decision was learnt: probabilities are then rough."""

    version: ReaderVersion | None
    suggestions: tuple[Suggested, ...]
    is_sure: bool
    urgency: UrgencyReading
    places: tuple[PlaceWords, ...]
    division: Division | None


def reading_of(case: Case) -> CaseReading:
    """Return what the case is about, by its title, text and place, with the reader in use now."""
    return reading_by(active_version(), case)


def reading_by(version: ReaderVersion | None, case: Case) -> CaseReading:
    """Return what the case is about, as a version or (None) the word list reads it."""
    guesses = guesses_for(case, version)
    matters = Matter.objects.filter(is_active=True).in_bulk([g.label for g in guesses], field_name="code")
    suggestions = tuple(
        Suggested(matters[g.label], g.probability, g.words)
        for g in guesses
        if g.label in matters and g.probability >= SHOWN_FROM
    )
    text = words_of(case)
    return CaseReading(
        version,
        suggestions[:MOST],
        bool(suggestions) and suggestions[0].probability >= SURE_FROM,
        urgency_of(text),
        tuple(places_in(text)),
        _division(text) if case.division_id is None else None,
    )


def words_of(case: Case) -> str:
    """Return all that the reporter wrote about what and where, the text first so that places in it hold."""
    return f"{case.text}\n{case.place_text}"


def guesses_for(case: Case, version: ReaderVersion | None) -> list[Guess]:
    """Return the likeliest matters, more than are shown, since some may be out of use."""
    text = Text("" if case.text.startswith(case.title.rstrip("…")) else case.title, case.text)
    if version is not None:
        return reader_of(version).read(text, most=3 * MOST)
    return _by_words(Text(case.text[:60], case.text))


def _by_words(text: Text) -> list[Guess]:
    """Return the matters by the word list alone: each one's part of all that speaks for any."""
    known = matter_words()
    reader = category_reader()
    shares = known.shares([text], reader.chances([text]), reader.classes)[0]
    order = sorted(range(len(shares)), key=lambda column: (-shares[column], column))[: 3 * MOST]
    # A weak hint alone must not read as certainty: it is measured against at least a quarter.
    whole = max(float(shares.sum()), 0.25)
    return [
        Guess(known.vocabulary.classes[c], float(shares[c]) / whole, known.words_for(text, c))
        for c in order
        if shares[c] > 0
    ]


def active_version() -> ReaderVersion | None:
    """Return the reader in use, without its data, or None while the word list alone reads."""
    return ReaderVersion.objects.filter(is_active=True).defer("data").first()


def version_in_use(at: datetime) -> ReaderVersion | None:
    """Return the version that was put to use last before the instant, as far as versions still tell."""
    rows = ReaderVersion.objects.filter(activated_at__lte=at).defer("data")
    return rows.order_by("-activated_at").first()


def reader_of(version: ReaderVersion) -> Reader:
    """Return the reader of a version; the latest few stay in memory."""
    return _reader(version.pk)


@lru_cache(maxsize=3)
def _reader(number: int) -> Reader:
    return Reader.from_bytes(bytes(ReaderVersion.objects.values_list("data", flat=True).get(pk=number)))


def _division(text: str) -> Division | None:
    rows = Division.objects.filter(parent__isnull=False).values_list("code", "path", "name_zh_hans")
    named = [NamedDivision(code, path, short_names(name)) for code, path, name in rows]
    found = division_in(text, gazetteer_of(named))
    return Division.objects.filter(code=found.code).defer("outline").first() if found else None


@dataclass(frozen=True)
class Piece:
    """A piece of a text; a `kind` marks what was read in it."""

    text: str
    kind: str = ""


def marked_text(case: Case, reading: CaseReading) -> list[Piece]:
    """Return the case's text with personal data masked, in pieces: words that spoke for a matter, places, urgency."""
    text, hidden = case.text, masked(case.text)
    spans = [(s.start, s.end, "urgent") for s in reading.urgency.signs if s.end <= len(text)]
    spans += [(p.start, p.end, "place") for p in reading.places if p.end <= len(text)]
    spans += [(at, at + len(word), "matter") for word in _words(reading) for at in _all_of(word, text)]
    pieces, done = [], 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= done:
            pieces += [Piece(hidden[done:start]), Piece(hidden[start:end], kind)]
            done = end
    return [piece for piece in [*pieces, Piece(hidden[done:])] if piece.text]


def _words(reading: CaseReading) -> set[str]:
    return {word for suggested in reading.suggestions for word in suggested.words}


def _all_of(word: str, text: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
