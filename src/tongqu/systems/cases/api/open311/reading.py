"""Reads what a client sent, and names everything that is wrong with it at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.http import QueryDict
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.cases.actions.open311 import Filing
from tongqu.systems.cases.api.open311.frame import named
from tongqu.systems.cases.models.answers import fault_say
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.answers import AnswerFault, check_answers
from tongqu.systems.cases.rules.open311 import MOST_DESCRIPTION, full_name, is_required
from tongqu.systems.cases.rules.questions import MOST_LINE, Question, questions_of

ATTRIBUTE = re.compile(r"^attribute\[([^\[\]]{1,80})\](\[\d*\])?$")
PHONE = re.compile(r"^\+?[0-9][0-9 \-]{5,19}$")
LENGTHS = {
    "address_string": 200, "address_id": 15, "email": 254, "account_id": 100, "first_name": 30, "last_name": 30,
    "phone": 20, "description": MOST_DESCRIPTION, "media_url": MOST_LINE, "device_id": 200,
}  # fmt: skip


@dataclass
class Form:
    """The fields that were sent, and what is wrong with them."""

    fields: QueryDict
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return a field without blanks around it; empty and not sent are the same."""
        value: str = (self.fields.get(name) or "").strip()
        if "\0" in value:
            self.problems.append(named(name, _("Leave out the character NUL.")))
            return ""
        if len(value) > LENGTHS.get(name, MOST_LINE):
            say = _("At most %(most)s characters are taken.")
            self.problems.append(named(name, say, most=LENGTHS.get(name, MOST_LINE)))
        return value

    def degrees(self, name: str, most: float) -> float | None:
        """Return a latitude or longitude in degrees, WGS-84."""
        value = self.text(name)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not -most <= number <= most:
            say = _("Write degrees between -%(most)s and %(most)s, such as 28.94.")
            self.problems.append(named(name, say, most=int(most)))
            return None
        return number


def filing_of(fields: QueryDict, matter: Matter) -> Filing:
    """Return the report; raises `BadInput` with every problem of it."""
    form = Form(fields)
    lat, lon = form.degrees("lat", 90), form.degrees("long", 180)
    filing = Filing(
        matter_code=matter.code,
        text=form.text("description") or matter.name,
        lon=lon,
        lat=lat,
        place_text=form.text("address_string"),
        division_code=form.text("address_id"),
        answers=_answers(form, matter),
        name=full_name(form.text("first_name"), form.text("last_name")),
        phone=form.text("phone"),
        email=form.text("email"),
        account_id=form.text("account_id"),
        media_url=form.text("media_url"),
    )
    form.text("device_id")
    _check_place(form)
    _check_contact(form, filing)
    if form.problems:
        raise BadInput(form.problems)
    return filing


def _check_place(form: Form) -> None:
    sent = {name for name in ("lat", "long") if (form.fields.get(name) or "").strip()}
    if len(sent) == 1:
        absent = ({"lat", "long"} - sent).pop()
        form.problems.append(named(absent, _("Send both lat and long, or neither.")))
    elif not sent and not (form.text("address_string") or form.text("address_id")):
        say = _("Say where it is: send lat and long, or address_string, or address_id.")
        form.problems.append(named("lat", say))


def _check_contact(form: Form, filing: Filing) -> None:
    if filing.phone and not PHONE.match(filing.phone):
        form.problems.append(named("phone", _("Write the number with digits only, such as 13812341234.")))
    if filing.email and not _passes(validate_email, filing.email):
        form.problems.append(named("email", _("Write an address such as name@example.org.")))
    if filing.media_url and not _passes(URLValidator(["http", "https"]), filing.media_url):
        form.problems.append(named("media_url", _("Send an address that begins with http:// or https://.")))


def _passes(check: object, value: str) -> bool:
    try:
        check(value)  # type: ignore[operator]
    except ValidationError:
        return False
    return True


def _answers(form: Form, matter: Matter) -> dict[str, object]:
    sent: dict[str, list[str]] = {}
    for name in form.fields:
        if match := ATTRIBUTE.match(name):
            sent.setdefault(match[1], []).extend(form.fields.getlist(name))
        elif name.startswith("attribute"):
            say = _("Write attributes as attribute[CODE]=value.")
            form.problems.append(named("attribute", say))
    if any("\0" in text for code, texts in sent.items() for text in (code, *texts)):
        form.problems.append(named("attribute", _("Leave out the character NUL.")))
    questions = questions_of(matter.questions)
    answers, faults = check_answers(questions, sent)
    # Clients that know nothing of conditions offer every attribute: what was not asked is left out, and what only
    # some must answer may be missing.
    for fault in faults:
        question = next((each for each in questions if each.code == fault.code), None)
        lenient = fault.kind == AnswerFault.MISSING and question is not None and not is_required(question)
        if fault.kind != AnswerFault.NOT_ASKED and not lenient:
            form.problems.append(named(f"attribute[{fault.code}]", _say(fault.kind, question)))
    return answers


def _say(kind: AnswerFault, question: Question | None) -> str:
    """Return what is wrong, in the words of the standard where it has its own."""
    says = {
        AnswerFault.UNKNOWN: _("This service has no such attribute. Read its definition."),
        AnswerFault.MISSING: _("This attribute is required."),
        AnswerFault.NO_OPTION: _("Send one of the keys in the definition."),
    }
    return says.get(kind) or fault_say(kind, question)
