"""Runs the proof of a responsibility list on the matters, divisions and units in force, and names what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.analytics.routing import Fault, Matrix, Proof
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing import entries_of
from tongqu.systems.cases.queries.routing_words import grades_words, listed, when_words
from tongqu.systems.cases.rules.routing import Verdict

PROVEN_LEVELS = (Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP)
"""Smaller divisions are proven where an entry names them; all others are like the township around them."""
MOST_NAMED = 6


@dataclass(frozen=True)
class Unfit:
    """An entry that names a closed unit."""

    entry: RoutingEntry
    units: list[str]


@dataclass(frozen=True)
class Named:
    """A fault in words, with the entries that clash."""

    verdict: Verdict
    matters: str
    divisions: str
    grades: str
    when: str
    cells: int
    entries: list[RoutingEntry]


@dataclass(frozen=True)
class ListProof:
    """The proof of a list, its entries, and those that name closed units."""

    matrix: Matrix
    entries: dict[int, RoutingEntry]
    unfit: list[Unfit]

    @property
    def proof(self) -> Proof:
        """What the matrix shows."""
        return self.matrix.proof

    @property
    def holds(self) -> bool:
        """Whether everything has exactly one lead, which is at work."""
        return self.proof.holds and not self.unfit

    @property
    def idle(self) -> list[RoutingEntry]:
        """Entries that decide nothing."""
        return [self.entries[number] for number in self.proof.idle]


def proof_of(routing_list: RoutingList) -> ListProof:
    """Return the proof of a list as matters, divisions and units are now."""
    entries = {entry.number: entry for entry in entries_of(routing_list)}
    return ListProof(matrix_of(entries.values()), entries, _unfit(entries.values()))


def matrix_of(entries: Iterable[RoutingEntry]) -> Matrix:
    """Return the entries painted over the matters in use and the divisions in force."""
    rules = [entry.rule for entry in entries]
    divisions = Division.objects.filter(level__in=PROVEN_LEVELS).values_list("path", flat=True)
    return Matrix(
        rules,
        matters=Matter.objects.filter(is_active=True).values_list("code", "class_code"),
        divisions=[*divisions, *(rule.division for rule in rules)],
    )


def _unfit(entries: Iterable[RoutingEntry]) -> list[Unfit]:
    names = {unit.code: unit.name for unit in Unit.objects.filter(is_active=False)}
    found = []
    for entry in entries:
        verifier = [entry.verifier.code] if entry.verifier else []
        closed = [names[code] for code in (entry.lead.code, *entry.assisting, *verifier) if code in names]
        if closed:
            found.append(Unfit(entry, closed))
    return found


class Names:
    """Names of matters, classes and divisions, read once."""

    def __init__(self) -> None:
        self.matters = {matter.code: matter for matter in Matter.objects.filter(is_active=True)}
        self.class_names = {matter.class_code: matter.class_name for matter in self.matters.values()}
        rows = Division.objects.only("path", "name_zh_hans", "name_zh_hant", "name_en", "level")
        self.divisions = {division.path: division.name for division in rows}

    def of_matters(self, codes: Sequence[str]) -> str:
        """Return matters in words: all, whole classes, or each by its name."""
        left = set(codes)
        if left >= self.matters.keys():
            return _("all matters")
        words = []
        for class_code, name in sorted(self.class_names.items()):
            members = {code for code, matter in self.matters.items() if matter.class_code == class_code}
            if len(members) > 1 and members <= left:
                words.append(_("all of “%(class)s”") % {"class": name})
                left -= members
        words += [self.matters[code].name for code in codes if code in left]
        return _some(words)

    def of_divisions(self, paths: Sequence[str], proven: Sequence[str]) -> str:
        """Return divisions in words: those of which everything is meant by their name, others as themselves only."""
        left, words = set(paths), []
        for path in sorted(paths):
            inside = {each for each in proven if each.startswith(path)}
            if path not in left:
                continue
            if len(inside) > 1 and inside <= left:
                words.append(_("all of %(division)s") % {"division": self.divisions[path]})
                left -= inside
            elif len(inside) > 1:
                words.append(_("%(division)s itself") % {"division": self.divisions[path]})
            else:
                words.append(self.divisions[path])
        return _some(words)


def _some(words: Sequence[str]) -> str:
    shown = listed(words[:MOST_NAMED])
    if len(words) <= MOST_NAMED:
        return shown
    return _("%(names)s and %(more)s more") % {"names": shown, "more": len(words) - MOST_NAMED}


def named_faults(found: ListProof) -> list[Named]:
    """Return the faults of a list in words, in the order of the proof: holes, then conflicts."""
    if not found.proof.faults:
        return []
    names = Names()
    return [_named(fault, found, names) for fault in found.proof.faults]


def _named(fault: Fault, found: ListProof, names: Names) -> Named:
    return Named(
        fault.verdict,
        names.of_matters(fault.matters),
        names.of_divisions(fault.divisions, found.matrix.divisions),
        grades_words(fault.grades),
        when_words(fault.when),
        fault.cells,
        [found.entries[number] for number in fault.numbers],
    )


def fault_lines(found: ListProof) -> list[str]:
    """Return every fault and every unfit entry as a line of text."""
    lines = []
    for fault in named_faults(found):
        where = " · ".join(
            part for part in (fault.divisions, fault.matters, fault.grades, fault.when) if part
        )
        if fault.verdict == Verdict.HOLE:
            lines.append(_("Nobody leads: %(where)s") % {"where": where})
        else:
            clash = listed(f"{entry.number} → {entry.lead.name}" for entry in fault.entries)
            lines.append(_("Several lead: %(where)s: entries %(clash)s") % {"where": where, "clash": clash})
    for unfit in found.unfit:
        names = listed(unfit.units)
        lines.append(
            _("Entry %(number)s names closed units: %(units)s")
            % {"number": unfit.entry.number, "units": names}
        )
    return lines
