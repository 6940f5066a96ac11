"""Questions on the form, in the API and on the page of the case."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from openpyxl import load_workbook

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import now
from tongqu.systems.cases.actions.matters import change_matter
from tongqu.systems.cases.actions.moves import accept
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.tests.factories import PLACE, matter, reported
from tongqu.systems.cases.tests.test_questions import KEPT

pytestmark = pytest.mark.django_db
FORM = {"text": "村口堆了很多垃圾。", "lon": PLACE[0], "lat": PLACE[1], "matter_code": "EENV01"}


@pytest.fixture
def asking(town: Town) -> None:
    matter(questions=KEPT)


@pytest.mark.usefixtures("asking")
def test_the_form_asks_and_keeps_what_was_asked() -> None:
    client = Client()
    part = client.get("/cases/report/questions/", {"matter_code": "EENV01"}).content.decode()
    assert 'name="q_SIZE"' in part
    assert 'data-when="q_SIZE"' in part
    assert "大小" in part
    sent = {**FORM, "q_COUNT": "3", "q_SIZE": "S", "q_BLOCKED": "yes", "q_KINDS": ["S", "L"]}
    assert client.post("/cases/report/", sent).status_code == 302
    assert Case.objects.get().answers == {"COUNT": 3.0, "SIZE": "S", "KINDS": ["S", "L"]}


@pytest.mark.usefixtures("asking")
def test_the_form_names_every_wrong_answer_beside_its_question() -> None:
    sent = {**FORM, "text": "", "q_COUNT": "many", "q_SIZE": "L"}
    answer = Client().post("/cases/report/", sent)
    page = answer.content.decode()
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    for target in ("#id_text", "#id_q_COUNT", "#id_q_BLOCKED"):
        assert f'href="{target}"' in page
    assert 'value="many"' in page


@pytest.mark.usefixtures("asking")
def test_without_a_script_a_button_shows_the_questions_and_loses_no_words() -> None:
    page = Client().post("/cases/report/", {**FORM, "ask": "1"}).content.decode()
    assert 'name="q_COUNT"' in page
    assert "村口堆了很多垃圾。" in page
    assert "error-summary" not in page
    assert 'name="q_' not in Client().get("/cases/report/").content.decode()
    assert Client().get("/cases/report/questions/", {"matter_code": "none"}).content.strip() == b""


@pytest.mark.usefixtures("asking")
def test_the_api_takes_answers_and_gives_them_back_in_words(town: Town) -> None:
    scopes = (TokenScope.CASES_READ, TokenScope.CASES_WRITE)
    officer = town.desk_officer
    token = make_token(officer, name="t", scopes=scopes, days=1, by=officer, at=now()).text
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "zh-hans"})

    def post(answers: dict[str, Any]) -> Any:
        body = {"text": "垃圾", "lon": PLACE[0], "lat": PLACE[1], "matter_code": "EENV01", "answers": answers}
        return client.post("/api/v1/cases", json.dumps(body), content_type="application/json")

    kept = post({"COUNT": 3, "SIZE": "L", "BLOCKED": True}).json()["answers"]
    assert kept[0] == {"code": "COUNT", "value": 3.0, "question": "几个", "answer": "3 个"}
    assert [each["answer"] for each in kept] == ["3 个", "大", "是"]
    wrong = post({"COUNT": "many", "BLOCKED": True, "COLOUR": "red"})
    assert wrong.status_code == 422
    assert [problem["pointer"] for problem in wrong.json()["errors"]] == [
        "/answers/COLOUR", "/answers/COUNT", "/answers/BLOCKED",
    ]  # fmt: skip


@pytest.mark.usefixtures("asking")
def test_answers_stay_readable_under_another_matter_and_another_version(town: Town, at: datetime) -> None:
    first = reported(at, matter_code="EENV01", answers={"COUNT": 3, "SIZE": "L"})
    second = reported(at, matter_code="EENV01", answers={"COUNT": 4})
    change_matter(matter(), by=town.region_admin, at=at, questions=[])
    accepted = accept(first, matter=matter("EENV02"), by=town.desk_officer, at=at)
    assert accepted.answers == {"几个": "3 个", "大小": "大"}
    client = Client()
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert "4 个" in client.get(f"/cases/{second.number}/").content.decode()
    book = load_workbook(io.BytesIO(client.get("/cases/", {"export": "xlsx"}).content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    column = rows[0].index("回答")
    assert {row[column] for row in rows[1:]} == {"几个 3 个\n大小 大", "几个 4 个"}


@pytest.mark.usefixtures("asking")
def test_a_wrong_answer_is_refused_whoever_sends_it(at: datetime) -> None:
    with pytest.raises(BadInput):
        reported(at, matter_code="EENV01", answers={"SIZE": "M"})
    with pytest.raises(BadInput):
        reported(at, answers={"SIZE": "S"})


def test_a_matter_takes_no_questions_with_a_flaw(town: Town, at: datetime) -> None:
    for wrong in ([{**KEPT[0], "kind": "photo"}], ["WORDS"]):
        with pytest.raises(ValidationError):
            change_matter(matter(), by=town.region_admin, at=at, questions=wrong)
