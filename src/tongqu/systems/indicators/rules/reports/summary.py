"""What the press says of many indicators at once: 12 in the first six, 8 in the first three, 2 first, and which they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.ranking import Measure, tally
from tongqu.systems.indicators.rules.reports.digits import numeral
from tongqu.systems.indicators.rules.reports.facts import Line, Verdict, verdict
from tongqu.systems.indicators.rules.reports.parts import Name, Number, Origin, Part, Sentence, What
from tongqu.systems.indicators.rules.reports.phrases import listed, said, say
from tongqu.systems.indicators.rules.reports.sentences import name_of, rank_part
from tongqu.systems.indicators.rules.reports.times import when

MARKS = (6, 3)
"""Within which first so many the indicators are counted, the widest first."""


@dataclass(frozen=True)
class About:
    """What a report is about, in the words of its language."""

    division: str
    division_name: str
    period: Period
    language: str
    set_code: str = ""
    set_name: str = ""

    def count(self, number: int, what: What = What.TALLY) -> Number:
        """Return a count of indicators as a part."""
        origin = Origin(what, self.division, self.period, of_set=self.set_code)
        return Number(str(number), Decimal(number), origin)

    def mark(self, number: int) -> Number:
        """Return the mark of a count as a part: the six of 前六."""
        text = str(number) if self.language == "en" else numeral(number)
        return Number(
            text, Decimal(number), Origin(What.MARK, self.division, self.period, of_set=self.set_code)
        )

    @property
    def when(self) -> Part:
        """The period with its year."""
        return when(self.period, self.language)

    @property
    def name(self) -> Name:
        """The division."""
        return Name(self.division_name)


def summary(lines: Sequence[Line], about: About) -> list[Sentence]:
    """Return the sentences that stand at the head of a report: the tally, which ones, the directions, and what is missing."""
    known = [line for line in lines if not line.is_missing]
    if not known:
        return [
            said([say("nothing", about.language, when=about.when, division=about.name)], about.language),
            *_missing(lines, about),
        ]
    main = [line for line in known if line.is_main]
    every = sum(line.is_main for line in lines)
    ranked = [line for line in main if line.rank is not None]
    found = (
        tally_sentences(ranked, every, about)
        if ranked
        else [said([say("no set", about.language)], about.language)]
    )
    return [
        *found,
        *_directions(known, about),
        *(_unranked(main, about) if ranked else []),
        *_missing(lines, about),
    ]


def tally_sentences(ranked: Sequence[Line], every: int, about: About) -> list[Sentence]:
    """Return the press summary of ranked indicators, and which of them are first, and within the narrower mark.

    `every` counts the main indicators, so that it is said when some of them have no rank.
    """
    language = about.language
    counts = tally([line.rank for line in ranked], MARKS)
    growth = all(line.measure == Measure.GROWTH for line in ranked)
    key = "tally growth" if growth else "tally"
    head = say(
        key if len(ranked) == every else f"{key} of",
        language, when=about.when, division=about.name, count=about.count(len(ranked)),
        all=about.count(every),
    )  # fmt: skip
    wide, *narrower = marks_for(ranked)
    clauses = [head + _within(counts.within_first[wide], len(ranked), wide, about)]
    for mark in narrower:
        if counts.within_first[mark]:
            within = about.count(counts.within_first[mark])
            clauses.append(say("also within", language, within=within, mark=about.mark(mark)))
    if counts.first:
        clauses.append(say("first", language, within=about.count(counts.first), one=_one(about)))
    return [said(clauses, language), *_which(ranked, about)]


def marks_for(ranked: Sequence[Line]) -> tuple[int, ...]:
    """Return the marks that say something: those that are smaller than the set."""
    members = max((line.standing.members for line in ranked if line.standing), default=0)
    return tuple(mark for mark in MARKS if mark < members) or MARKS[-1:]


def _one(about: About) -> Number:
    return about.mark(1)


def _within(within: int, of: int, mark: int, about: About) -> Sentence:
    key = "all within" if within == of else "some within" if within else "none within"
    return say(
        key, about.language, within=about.count(within), set=Name(about.set_name), mark=about.mark(mark)
    )


def _which(ranked: Sequence[Line], about: About) -> list[Sentence]:
    language, narrow = about.language, MARKS[-1]
    first = [line for line in ranked if line.rank == 1]
    near = [line for line in ranked if line.rank is not None and 1 < line.rank <= narrow]
    clauses = []
    if first:
        clauses.append(say("which first", language, one=_one(about), names=_names(first, language)))
    if near:
        key = "which within" if first else "which near"
        clauses.append(say(key, language, mark=about.mark(narrow), names=_names(near, language)))
    worst = max(line.rank or 0 for line in ranked)
    last = [line for line in ranked if line.rank == worst and line.standing is not None]
    if worst > marks_for(ranked)[0] and last[0].standing is not None:
        names = _names(last, language)
        clauses.append(say("which worst", language, names=names, rank=rank_part(last[0].standing)))
    return [listed(clauses, language, "semicolon") + say("end", language)] if clauses else []


def _names(lines: Sequence[Line], language: str) -> Sentence:
    return listed([(name_of(line, language),) for line in lines], language)


def _directions(known: Sequence[Line], about: About) -> list[Sentence]:
    language = about.language
    counts = Counter(verdict(line) for line in known)
    comparable = len(known) - counts[Verdict.OPEN]
    if not comparable:
        return []
    head = say(
        "of directions", language,
        count=about.count(comparable), better=about.count(counts[Verdict.BETTER]),
    )  # fmt: skip
    clauses = [head]
    if counts[Verdict.WORSE]:
        clauses.append(say("became worse", language, worse=about.count(counts[Verdict.WORSE])))
    if counts[Verdict.SAME]:
        clauses.append(say("stayed", language, same=about.count(counts[Verdict.SAME])))
    return [said(clauses, language)]


def _unranked(known: Sequence[Line], about: About) -> list[Sentence]:
    return _counted("unranked of", [line for line in known if line.rank is None], about)


def _missing(lines: Sequence[Line], about: About) -> list[Sentence]:
    return _counted("missing of", [line for line in lines if line.is_missing], about)


def _counted(key: str, lines: Sequence[Line], about: About) -> list[Sentence]:
    if not lines:
        return []
    names = _names(lines, about.language)
    return [said([say(key, about.language, count=about.count(len(lines)), names=names)], about.language)]
