"""Report cards: what they say against the store, as a page, as files, through the API."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.utils.translation import override

from tongqu.systems.indicators.queries.card_files.files import card_file
from tongqu.systems.indicators.queries.card_view import view_of
from tongqu.systems.indicators.queries.cards import card_of
from tongqu.systems.indicators.rules.reports.card import Card
from tongqu.systems.indicators.rules.reports.parts import plain_text
from tongqu.systems.indicators.tests.makers import county
from tongqu.systems.indicators.tests.report_makers import a_year, define_reported, reported_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(at: datetime) -> Card:
    cities = define_reported(at)
    reported_figures(at)
    return card_of(county("990100"), a_year(), division_set=cities)


def test_x(card: Card, at) -> None:
    from time import perf_counter

    with override("zh-hans"):
        cities = county("990100").sets.first()
        card = card_of(county("990100"), a_year(), division_set=cities)
        for s in card.sentences:
            print(plain_text(s))
        v = view_of(card, "https://t.example")
        for k in ("pdf", "docx", "html", "pdf", "docx"):
            t = perf_counter()
            d = card_file(v, k, at=at)
            print(k, len(d), perf_counter() - t)
            Path("/tmp/pk/card." + k).write_bytes(d)
