"""The rules of Open311: attributes, spans, instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tongqu.systems.cases.rules.open311 import SpanTooLong, instant, is_required, span
from tongqu.systems.cases.rules.questions import Question, QuestionKind, When

AT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
DAYS = timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "since", "until"),
    [
        (None, None, AT - 90 * DAYS, AT),
        (None, AT - DAYS, AT - 91 * DAYS, AT - DAYS),
        (AT - 100 * DAYS, None, AT - 100 * DAYS, AT - 10 * DAYS),
        (AT - 90 * DAYS, AT, AT - 90 * DAYS, AT),
    ],
)
def test_a_search_spans_at_most_90_days(
    start: datetime | None, end: datetime | None, since: datetime, until: datetime
) -> None:
    assert span(start, end, AT) == (since, until)


@pytest.mark.parametrize("end", [AT - DAYS, AT + 91 * DAYS])
def test_a_longer_or_a_negative_span_is_refused(end: datetime) -> None:
    with pytest.raises(SpanTooLong):
        span(AT, end, AT)


def test_the_plus_of_a_zone_may_arrive_as_a_blank() -> None:
    assert instant("2026-09-16T10:00:00 08:00") == AT
    assert instant("9999-12-31T00:00:00Z") is None


def test_what_only_some_are_asked_is_not_required_of_all() -> None:
    asked = Question("A", QuestionKind.TEXT, {}, is_required=True, when=When("B", ("yes",)))
    assert not is_required(asked)
