"""Reads the press texts as reports, where they are there: most claims confirmed, some mended or rejected, the rest left to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongqu.demo.figures.press import Text, cells_of, known_at, press_texts, text_in
from tongqu.shared.journal.rules import Actor
from tongqu.systems.indicators.actions.claims import confirm_claims, mend_claim, reject_claim
from tongqu.systems.indicators.actions.reports import ReportOrigin, read_report
from tongqu.systems.indicators.models.report import Report, StatedClaim
from tongqu.systems.indicators.queries.claims import reading_of
from tongqu.systems.indicators.rules.claims.claim import Kind
from tongqu.systems.indicators.rules.claims.mending import Mend

LEFT_TO_DO = "quzhou_ten_years.txt"
"""Of this text half of what could be confirmed is left, so that there is something to do."""
_NO_FIGURES = ("单个项目", "一份方案")
"""With these words begin the reasons for which claims are rejected."""


@dataclass(frozen=True)
class Correction:
    """What a claim that was read at a place in a text is meant to say."""

    file: str
    start: int
    indicator: str
    note: str
    kind: Kind = Kind.LEVEL
    period: str = ""


CORRECTIONS = (
    Correction("quzhou_2021_report.txt", 354, "industry-output", "文中“规上工业”指总产值"),
    Correction("quzhou_2021_report.txt", 2311, "future-villages", "指标名在前一分句"),
    Correction("quzhou_ten_years.txt", 2892, "new-schools", "指当年秋季启用的校园"),
    Correction("quzhou_ten_years.txt", 2902, "new-schools-investment", "指新校园累计投入"),
    Correction(
        "quzhou_ten_years.txt", 2980, "care-beds", "占比即指标数值；未写年份，按2021年", period="2021"
    ),
)


def keep_reports(folder: Path | None, *, by: Actor, at: datetime) -> int:
    """Keep the texts that are there as reports and settle their claims in part; returns how many texts."""
    found = [(text, data) for text in press_texts() if (data := text_in(folder, text)) is not None]
    for text, data in found:
        origin = ReportOrigin(text.title, known_at(text), text.source)
        report = read_report(data, text.file, origin, by=by, at=at).report
        _settle(report, text, by=by, at=at)
    return len(found)


def _settle(report: Report, text: Text, *, by: Actor, at: datetime) -> None:
    ready = [each.row.pk for each in reading_of(report, None, at).claims if each.is_ready]
    confirm_claims(report, ready[::2] if text.file == LEFT_TO_DO else ready, by=by, at=at)
    claims = {claim.start: claim for claim in report.claims.all()}
    for correction in CORRECTIONS:
        if correction.file == text.file:
            claim = claims[correction.start]
            mend_claim(claim, _mend(claim, correction), by=by, at=at)
    for start, reason in _rejected(text):
        reject_claim(claims[start], reason=reason, by=by, at=at)


def _mend(claim: StatedClaim, correction: Correction) -> Mend:
    """Return the claim as it is meant; what the correction does not name stays as it was read."""
    return Mend(
        correction.kind,
        indicator=correction.indicator,
        division=claim.division,
        period=correction.period or claim.period,
        value=claim.value,
        unit=claim.unit,
        approximate=claim.approximate,
        note=correction.note,
    )


def _rejected(text: Text) -> Iterable[tuple[int, str]]:
    for cells in cells_of("press_left_out.csv"):
        if cells["text_sha256"] == text.sha256 and cells["reason"].startswith(_NO_FIGURES):
            yield int(cells["start"]), cells["reason"]
