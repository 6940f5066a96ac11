"""A caller of Open311 for the tests, and a service with questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from defusedxml import ElementTree
from django.test import Client

from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.open311 import Publicity
from tongqu.systems.cases.tests.factories import PLACE, matter

URL = "/open311/v2"
SIZES = [
    {"code": "123", "text": {"zh_hans": "福特", "zh_hant": "福特", "en": "Ford"}},
    {"code": "124", "text": {"zh_hans": "克莱斯勒", "zh_hant": "克萊斯勒", "en": "Chrysler"}},
]
QUESTIONS = [
    {
        "code": "WHISHETN", "kind": "choice", "required": True, "options": SIZES,
        "text": {"zh_hans": "车牌？", "zh_hant": "車牌？", "en": "What is the ticket/tag/DL number?"},
    },
    {"code": "MANY", "kind": "choices", "required": False, "options": SIZES, "text": {"zh_hans": "哪些", "en": "Which?"}},
    {"code": "COUNT", "kind": "number", "required": False, "text": {"zh_hans": "几个", "en": "How many?"}},
]  # fmt: skip


def key_for(person: Person, at: datetime, *scopes: TokenScope) -> str:
    """Return an API key of the person."""
    wanted = scopes or (TokenScope.CASES_WRITE,)
    return make_token(person, name="app", scopes=wanted, days=30, by=person, at=at).text


def with_questions(publicity: Publicity = Publicity.BY_TRACK, code: str = "EENV01") -> Matter:
    """A service that asks something."""
    return matter(
        code, questions=QUESTIONS, publicity=publicity, name_en="Heaped waste", keywords="垃圾、堆放"
    )


class Caller311:
    """Calls Open311, with a key or without."""

    def __init__(self, key: str = "", language: str = "en") -> None:
        self.key = key
        self.client = Client(headers={"Accept-Language": language}, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"{URL}/{path}", {**({"api_key": self.key} if self.key else {}), **query})

    def post(self, path: str = "requests.json", headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """File with the least that is needed, changed by the fields; None leaves a field out."""
        form = {
            "api_key": self.key, "service_code": "EENV01", "lat": PLACE[1], "long": PLACE[0],
            "description": "村口堆了很多垃圾。", "attribute[WHISHETN]": "123", **fields,
        }  # fmt: skip
        given = {name: value for name, value in form.items() if value not in (None, "")}
        return self.client.post(f"{URL}/{path}", given, headers=headers or {})


def tree(answer: Any) -> Any:
    """Return the root of an XML answer."""
    return ElementTree.fromstring(answer.content)
