"""One inspection, many checks: the checklist by which an inspector finds each part of a case done or not done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.moves import refuse, verify
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.rules.parts import PartState


@dataclass(frozen=True)
class Finding:
    """What the inspector found of one part; `place` is its number within the case."""

    place: int
    is_done: bool
    note: str = ""


@acting
def inspect(
    case: Case,
    *,
    findings: Sequence[Finding],
    note: str = "",
    evidence: Iterable[Evidence] = (),
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Case:
    """Check all parts of a handled case at once (一次核查).

    If all are done the case is verified, on the evidence that its matter asks for; else those that are not go back to
    their units with the reason given, and the others stay done. Raises `BadInput` when a part has no finding or one
    that is not done has no reason; and what `verify` and `refuse` raise.
    """
    handled = list(
        CasePart.objects.filter(case=case, is_current=True, state=PartState.HANDLED).select_related("unit")
    )
    if not handled:
        raise MoveNotAllowed(_("This case has no parts to check."))
    found = {finding.place: finding for finding in findings}
    _check(handled, found)
    said = [
        f"{part.unit}：{found[part.place].note.strip()}" for part in handled if found[part.place].note.strip()
    ]
    whole = "\n".join(filter(None, [note.strip(), *said]))
    bad = [part.place for part in handled if not found[part.place].is_done]
    notes = {place: finding.note.strip() for place, finding in found.items()}
    if bad:
        return refuse(
            case, reason=whole, evidence=evidence, parts=bad, notes=notes, by=by, at=at, expected=expected
        )
    return verify(case, note=whole, evidence=evidence, notes=notes, by=by, at=at, expected=expected)


def _check(handled: Sequence[CasePart], found: dict[int, Finding]) -> None:
    problems = []
    for part in handled:
        finding = found.get(part.place)
        if finding is None:
            message = _("Say of part %(place)s whether it is done.") % {"place": part.place}
            problems.append(Problem(message, code="required", field=f"passed_{part.place}"))
        elif not finding.is_done and not finding.note.strip():
            message = _("Write what is missing in part %(place)s; its unit reads it.") % {"place": part.place}
            problems.append(Problem(message, code="required", field=f"note_{part.place}"))
    if len(found) > len(handled) and not problems:
        message = _("There is no such part to check. Load the page again.")
        problems.append(Problem(message, code="unknown", field="findings"))
    if problems:
        raise BadInput(problems)
