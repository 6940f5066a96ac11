"""Personal data in what a reporter wrote: masked on every page, shown after a look that is recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.hot_count import count_hot_issues
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotIssue
from tongqu.systems.cases.models.mail import LetterReceived, Mailbox
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.tests.factories import reported

TELEPHONE, LATER = "13812341234", "13987654321"


@pytest.fixture
def case(town: Town, at: datetime, settings: Any) -> Case:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0
    made = reported(at, text=f"路灯不亮，联系电话{TELEPHONE}", source=Source.EMAIL)
    LetterReceived.objects.create(
        mailbox=Mailbox.objects.create(name="imap.example.com/INBOX"),
        uid_validity=1,
        uid=1,
        taken_at=at,
        outcome="word",
        case=made,
        text=f"换了号码，请打{LATER}",
    )
    return made


def opened(client: Client, person: Any, address: str) -> str:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(address).content.decode()


@pytest.mark.parametrize("rest", ["", "replies/"])
def test_numbers_are_masked_on_the_pages_of_a_case(rest: str, client: Client, town: Town, case: Case) -> None:
    shown = opened(client, town.desk_officer, f"/cases/{case.number}/{rest}")
    assert "路灯不亮" in shown
    assert TELEPHONE not in shown
    assert LATER not in shown


def test_the_desk_sees_text_and_letters_after_a_recorded_look(client: Client, town: Town, case: Case) -> None:
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.post(f"/cases/{case.number}/text/").content.decode()
    assert TELEPHONE in shown
    assert LATER in shown
    assert Fact.objects.filter(verb="case.personal_data_viewed", subject_id=str(case.pk)).count() == 1


def test_numbers_are_masked_among_the_reports_of_a_hot_issue(
    client: Client, town: Town, at: datetime
) -> None:
    for day in range(3):
        reported(
            at + timedelta(days=day),
            text=f"搅拌站夜间噪音扰民，电话{TELEPHONE}，已经{day + 2}天了",
            title="搅拌站夜间噪音扰民",
            reporter_phone=f"1380000000{day}",
        )
    count_hot_issues(at=at + timedelta(days=4))
    shown = opened(client, town.desk_officer, f"/cases/hot/{HotIssue.objects.get().pk}/")
    assert "已经3天了" in shown
    assert TELEPHONE not in shown
