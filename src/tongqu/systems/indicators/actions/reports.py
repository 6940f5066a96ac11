"""Keeps a report that was read: the file as evidence, its text, and every claim as it was read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.actions.storing import Kept, keep, register, unit_of
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.keeping import check_keeper, required
from tongqu.systems.indicators.models.report import Report, StatedClaim
from tongqu.systems.indicators.queries.claims import thing_mark
from tongqu.systems.indicators.queries.documents import text_of
from tongqu.systems.indicators.queries.knowledge import dictionary_of_store, knowledge
from tongqu.systems.indicators.rules.claims.claim import Claim
from tongqu.systems.indicators.rules.claims.meaning import Known
from tongqu.systems.indicators.rules.claims.reading import claims_of
from tongqu.systems.indicators.rules.claims.settling import ReportState
from tongqu.systems.indicators.rules.claims.sheet import UNTOLD, About
from tongqu.systems.indicators.rules.tidy import decimal_text

MOST_CHARACTERS = 400_000
"""What is read within one request; a longer report is read in parts."""
_PAGES = frozenset({".html", ".htm"})


@dataclass(frozen=True)
class ReportOrigin:
    """Where a report is from, and since when the public knows it."""

    title: str
    known_at: datetime
    source: str = ""
    is_invented: bool = False


@dataclass(frozen=True)
class ReadReport:
    """A report, and whether it was new."""

    report: Report
    is_new: bool


def read_report(
    data: bytes,
    name: str,
    origin: ReportOrigin,
    *,
    about: About = UNTOLD,
    restricted: bool = False,
    by: Actor,
    at: datetime,
) -> ReadReport:
    """Read the claims of a report and keep them; the same file again is the report that it was. Raises `BadInput`.

    The file becomes evidence; of a web page, and of a text in an encoding that evidence does not take, its text does.
    """
    check_keeper(by)
    if origin.known_at > at:
        message = _("The report cannot be from the future. Correct the day on which it was published.")
        raise BadInput([Problem(message, code="future", field="known_at")])
    title = required(origin.title, "title", 200)
    text = _text(name, data)
    kept = _kept(name, data, text)
    claims = claims_of(text, dictionary_of_store(), about)
    return _keep(
        Report(
            title=title,
            source=origin.source.strip()[:300],
            known_at=origin.known_at,
            text=text,
            about=asdict(about),
            made_at=at,
            made_by_ref=by.actor_ref,
            made_by_name=by.actor_name,
            is_invented=origin.is_invented,
        ),
        kept,
        claims,
        restricted=restricted,
        by=by,
        at=at,
    )


def _text(name: str, data: bytes) -> str:
    # A database keeps no NUL, and every character must keep its place.
    text = text_of(Path(name), data).replace("\0", "\ufffd")
    if len(text) > MOST_CHARACTERS:
        message = _("The report has %(count)d characters, and %(most)d are the most. Split it.")
        told = message % {"count": len(text), "most": MOST_CHARACTERS}
        raise BadInput([Problem(told, code="too-large", file=name)])
    if not text.strip():
        raise BadInput(
            [Problem(_("The report holds no text. Choose another file."), code="empty", file=name)]
        )
    return text


def _kept(name: str, data: bytes, text: str) -> Kept:
    """Make the file stand in the store of evidence, or its text where the store does not take such a file."""
    path = Path(name)
    if path.suffix.lower() in _PAGES or (path.suffix.lower() == ".txt" and not _is_taken(data)):
        return keep(text.encode(), name=f"{path.stem}.txt")
    return keep(data, name=name)


def _is_taken(data: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


@acting
def _keep(
    draft: Report, kept: Kept, claims: list[Claim], *, restricted: bool, by: Actor, at: datetime
) -> ReadReport:
    unit = unit_of(by)
    stored = register(
        kept, by=by, at=at, unit=unit, source="report", restricted=restricted, is_invented=draft.is_invented
    )
    known = Report.objects.filter(evidence=stored.evidence).first()
    if known is not None:
        return ReadReport(known, is_new=False)
    draft.evidence = stored.evidence
    draft.state = ReportState.OPEN if claims else ReportState.SETTLED
    draft.save()
    shelf = knowledge().known
    StatedClaim.objects.bulk_create([_row(draft, claim, shelf) for claim in claims], batch_size=500)
    record(
        "report.read",
        draft.subject,
        by=by,
        at=at,
        label=draft.title,
        after={"claims": len(claims), "source": draft.source, "known_at": draft.known_at.isoformat()},
        evidence=[stored.evidence.sha256],
    )
    return ReadReport(draft, is_new=True)


def _row(report: Report, claim: Claim, known: Known) -> StatedClaim:
    row = StatedClaim(report=report, **{**asdict(claim), **_numbers(claim)})
    row.thing = thing_mark(row.stated, known)
    return row


def _numbers(claim: Claim) -> dict[str, str]:
    given: dict[str, Decimal | None] = {"value": claim.value, "value_from": claim.value_from}
    return {name: decimal_text(value) for name, value in given.items()}
