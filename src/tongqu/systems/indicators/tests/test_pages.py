"""The explorer and the page of a figure."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from conftest import Town
from tongqu.shared.evidence.actions.storing import store
from tongqu.systems.indicators.tests.makers import define_all, row, some_figures, told

pytestmark = pytest.mark.django_db


def seen(client: Client, address: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_explorer_ranks_and_leads_to_each_figure(client: Client, town: Town, at: datetime) -> None:
    client.force_login(town.outsider)
    assert "No indicators yet" in seen(client, "/indicators/")
    define_all(at)
    assert "No figures" in seen(client, "/indicators/?indicator=GDP")
    some_figures(at)
    page = seen(client, "/indicators/?indicator=GDP&set=counties")
    assert "First of 5: 衢江区" in page
    leaders = seen(client, "/indicators/?indicator=GDP&set=counties&view=chart")
    assert "Q1 2023 to Q1 2024: 龙游县 grew most" in leaders
    way = "/indicators/GDP/figure/?division=330825&amp;kind=level&amp;period=2024-Q1"
    assert way in page
    assert "98" in seen(client, way.replace("&amp;", "&"))
    grown = seen(client, "/indicators/?indicator=GDP&set=counties&period=2024-Q1&measure=growth")
    assert "22.5<" in grown
    assert "tied" in seen(client, "/indicators/?indicator=PM25&period=2024-Q1")
    assert "Write 2024, 2024-S1" in seen(client, "/indicators/?indicator=GDP&period=soon")
    assert "No division has a figure" not in page
    file = client.get("/indicators/?indicator=GDP&export=xlsx")
    assert file.content.startswith(b"PK")


def test_a_figure_names_its_evidence_to_those_who_may_see_it(
    client: Client, town: Town, at: datetime
) -> None:
    define_all(at)
    paper = store(
        "前三季度,200.1".encode(), name="report.txt", by=town.township_clerk, at=at,
        unit=town.township_government, restricted=True,
    ).evidence  # fmt: skip
    given = row("GDP", "330825", "2024-01/P9M", "200.1")
    told([given], at, evidence=paper, spans={given.key: (5, 10)})
    address = "/indicators/GDP/figure/?division=330825&period=2024-01/P9M"
    client.force_login(town.township_clerk)
    page = seen(client, address)
    assert f"/evidence/{paper.sha256}/" in page
    assert "characters 5 to 10" in page
    client.force_login(town.outsider)
    page = seen(client, address)
    assert paper.sha256 not in page
    assert "not within your sight" in page
    assert "No figure was recorded here" in seen(client, "/indicators/GDP/figure/?division=1&period=soon")
