"""A report card as it is shown: titles, parts with their addresses, and the table, alike on the page and in files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongqu.systems.indicators.queries.origins import way_to
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.reports.card import Card
from tongqu.systems.indicators.rules.reports.charts import Chart
from tongqu.systems.indicators.rules.reports.digits import as_written, is_percent, unit_words
from tongqu.systems.indicators.rules.reports.facts import Line, Told, Verdict, value_written, verdict, written
from tongqu.systems.indicators.rules.reports.parts import Number, Origin, Sentence
from tongqu.systems.indicators.rules.reports.phrases import say
from tongqu.systems.indicators.rules.reports.sentences import STATUS_WORDS
from tongqu.systems.indicators.rules.reports.times import when

Way = Callable[[Origin], str]

DOMAIN_LABELS = {
    "growth": pgettext_lazy("domain of a report", "Output"),
    "industry": pgettext_lazy("domain of a report", "Industry and innovation"),
    "demand": pgettext_lazy("domain of a report", "Investment, consumption and trade"),
    "money": pgettext_lazy("domain of a report", "Budget and finance"),
    "people": pgettext_lazy("domain of a report", "Income and population"),
    "nature": pgettext_lazy("domain of a report", "Environment"),
    "other": pgettext_lazy("domain of a report", "Other indicators"),
}
VERDICT_LABELS = {
    Verdict.BETTER: pgettext_lazy("movement of an indicator", "better"),
    Verdict.WORSE: pgettext_lazy("movement of an indicator", "worse"),
    Verdict.SAME: pgettext_lazy("movement of an indicator", "unchanged"),
    Verdict.OPEN: pgettext_lazy("movement of an indicator", "not judged"),
}
SHAPES = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.SAME: "■", Verdict.OPEN: "○"}
HEADS = (
    gettext_lazy("Indicator"),
    gettext_lazy("Value"),
    gettext_lazy("On the year before"),
    gettext_lazy("Rank"),
    gettext_lazy("Move"),
    gettext_lazy("Direction"),
)


@dataclass(frozen=True)
class Piece:
    """A piece of text, and where it leads."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class TableRow:
    """One line of the table."""

    name: Piece
    value: Piece
    moved: Piece
    rank: Piece
    move: Piece
    shape: str
    verdict: str
    word: str
    notes: str

    @property
    def cells(self) -> list[Piece]:
        """The cells in the order of the heads."""
        return [
            self.name,
            self.value,
            self.moved,
            self.rank,
            self.move,
            Piece(f"{self.shape} {self.word}".strip()),
        ]


@dataclass(frozen=True)
class SectionView:
    """One domain as it is shown."""

    title: str
    sentences: list[list[Piece]]
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class CardView:
    """A card as it is shown."""

    title: str
    language: str
    set_name: str
    is_invented: bool
    summary: list[list[Piece]]
    rows: list[TableRow]
    sections: list[SectionView]
    notes: list[str] = field(default_factory=list)
    heads: tuple[str, ...] = ()


def view_of(card: Card, base: str | None = "") -> CardView:
    """Return the card with words in the language of the moment; addresses begin with `base`, without one (None) nothing is linked."""

    def way(origin: Origin) -> str:
        if base is None:
            return ""
        found = way_to(origin)
        return found if found.startswith("#") else base + found

    about = card.about
    all_invented = all(line.is_invented for line in card.lines)
    title = _("%(division)s: main indicators, %(period)s") % {
        "division": about.division_name,
        "period": when(about.period, about.language).text,
    }
    return CardView(
        title,
        about.language,
        about.set_name,
        card.is_invented,
        [pieces(sentence, way) for sentence in card.summary],
        [_row(line, about.language, way, mark_invented=not all_invented) for line in card.lines],
        [
            SectionView(
                _domain(card, section.domain),
                [pieces(sentence, way) for sentence in section.sentences],
                section.charts,
            )
            for section in card.sections
        ],
        _notes(card),
        tuple(str(head) for head in HEADS),
    )


def _domain(card: Card, domain: str) -> str:
    """Return the title of a section; what stands alone is not “other”."""
    return str(DOMAIN_LABELS[domain]) if len(card.sections) > 1 else _("Main indicators")


def pieces(sentence: Sentence, way: Way) -> list[Piece]:
    """Return a sentence as pieces; each number leads to where it comes from."""
    return [
        Piece(part.text, way(part.origin) if isinstance(part, Number) else "")
        for part in sentence
        if part.text
    ]


def _row(line: Line, language: str, way: Way, *, mark_invented: bool) -> TableRow:
    result = verdict(line)
    return TableRow(
        Piece(line.definition.name(language)),
        _value(line, language, way),
        _moved(line, language, way),
        _rank(line, way),
        _move(line, way),
        SHAPES[result] if line.moved else "",
        result.value,
        str(VERDICT_LABELS[result]) if line.moved else "—",
        _marks(line, language, mark_invented=mark_invented),
    )


def _value(line: Line, language: str, way: Way) -> Piece:
    if line.value is None:
        return Piece("—")
    unit = unit_words(line.definition.unit, language)
    gap = "" if unit in ("", "%") or language != "en" else " "
    return Piece(f"{as_written(value_written(line, line.value))}{gap}{unit}", way(line.value.origin))


def _moved(line: Line, language: str, way: Way) -> Piece:
    told = line.moved
    if told is None:
        return Piece("—")
    size = written(line, told)
    sign = "+" if size > 0 else "−" if size < 0 else ""
    return Piece(f"{sign}{as_written(abs(size))}{_unit(line, told, language)}", way(told.origin))


def _unit(line: Line, told: Told, language: str) -> str:
    if told.origin.kind == Kind.YOY:
        return "%"
    if is_percent(line.definition.unit):
        return _(" percentage points")
    unit = unit_words(line.definition.unit, language)
    return f" {unit}" if unit and language == "en" else unit


def _rank(line: Line, way: Way) -> Piece:
    standing = line.standing
    if standing is None:
        return Piece("—")
    place = standing.place
    tied = _(" (tied)") if place.is_tied else ""
    of = f"/{place.of}" if place.of else ""
    return Piece(f"{place.rank}{of}{tied}", way(standing.origin))


def _move(line: Line, way: Way) -> Piece:
    standing = line.standing
    if standing is None or standing.move is None:
        return Piece("—")
    if not standing.move:
        return Piece("0", way(standing.origin))
    return Piece(f"{'↑' if standing.move > 0 else '↓'}{abs(standing.move)}", way(standing.origin))


def _marks(line: Line, language: str, *, mark_invented: bool) -> str:
    """Return what must be said of a line's numbers, each once: provisional, reckoned, invented."""
    keys: dict[str, None] = {}
    for told in (line.value, line.moved):
        if told is not None:
            keys |= dict.fromkeys(_keys(told, mark_invented=mark_invented))
    texts = ("".join(part.text for part in say(key, language)).strip("（） ()") for key in keys)
    return _(", ").join(texts)


def _keys(told: Told, *, mark_invented: bool) -> Iterable[str]:
    if told.status in STATUS_WORDS:
        yield STATUS_WORDS[told.status]
    if told.is_computed:
        yield "computed"
    if told.is_invented and mark_invented:
        yield "invented"


def _notes(card: Card) -> list[str]:
    """Return the rules that the numbers follow, as small print."""
    notes = [
        _(
            "Figures are written as published. What is reckoned from them is marked so and rounded half up: growth to one decimal."
        ),
    ]
    if card.about.set_code:
        notes.append(
            _("Ranks among %(set)s: equals share a rank; who has no figure is not ranked and not counted.")
            % {"set": card.about.set_name}
        )
    return notes


def invented_text() -> str:
    """Return the warning of a card with invented numbers."""
    return _("Numbers on this card are invented for the demonstration. They are no statistics.")


def chart_title(chart: Chart) -> str:
    """Return the title of a chart with its unit, and the mark of invented data."""
    title = f"{chart.title} ({chart.unit})" if chart.unit else chart.title
    return f"{title} · {_('invented for the demo')}" if chart.is_invented else title


def chart_text(chart: Chart) -> str:
    """Return a chart as text, for those who do not see it."""
    points = zip(chart.labels, chart.values, strict=True)
    told = (f"{label} {'—' if value is None else as_written(value)}" for label, value in points)
    return f"{chart_title(chart)}{_(': ')}{_(', ').join(told)}"
