"""How the facts of cases read in a story, and what other apps ask about cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.duties.rules import DutyKind, register_kind
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.uses import Use, on_uses
from tongqu.shared.region.models import Person, Unit
from tongqu.shared.ui.sentences import name_fields, say
from tongqu.systems.cases.models.labels import DUTY_LABELS, PART_STATE_LABELS, STATE_LABELS
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.notices import CHANNEL_LABELS
from tongqu.systems.cases.pages import routing_sentences
from tongqu.systems.cases.queries.cases import visible_cases
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.notices import Channel
from tongqu.systems.cases.rules.parts import PartState

SENTENCES = {
    "open_data.published": _("The open data of {subject} were made."),
    "case_filter.saved": _("{actor} saved the filter {subject} of the queue."),
    "case_filter.removed": _("{actor} removed the filter {subject} of the queue."),
    "case_filter.chosen": _("{actor} has the queue open with the filter {subject}."),
    "case.reported": _("{actor} reported it."),
    "case.accepted": _("{actor} accepted the report and named its matter."),
    "case.rejected": _("{actor} turned the report away."),
    "case.dispatched": _("{actor} sent the case to a unit."),
    "case.taken": _("{actor} signed for the case."),
    "case.registered": _("{actor} registered the case."),
    "case.suspension_asked": _("{actor} asked for the case to be suspended."),
    "case.suspension_refused": _("{actor} refused the suspension."),
    "case.suspended": _("{actor} suspended the case; the clock stands still."),
    "case.resumed": _("The case was taken up again; the clock runs on."),
    "case.sent_back": _("{actor} sent the case back to the desk."),
    "case.dispute_decided": _("{actor} decided which unit must handle the case."),
    "case.handled": _("{actor} reported the work as done."),
    "case.verified": _("{actor} found the work done."),
    "case.refused": _("{actor} found the work not done."),
    "case.closed": _("{actor} closed the case."),
    "case.rated": _("{actor} rated how the case was handled."),
    "case.reopened": _("{actor} opened the case again."),
    "case.split": _("{actor} gave the case to several units in parts."),
    "case.part_taken": _("{actor} signed for a part."),
    "case.part_sent_back": _("{actor} sent a part back to the desk."),
    "case.part_given": _("{actor} gave a part to another unit."),
    "case.part_withdrawn": _("{actor} withdrew a part."),
    "case.part_handled": _("{actor} reported a part as done."),
    "case.part_refused": _("{actor} found a part not done."),
    "case.part_unit_changed": _("A part went to another unit with its duty."),
    "case.visit_planned": _("{actor} planned the joint visit."),
    "case.visit_cancelled": _("{actor} called the joint visit off."),
    "case.joined": _("{actor} joined it to another case."),
    "case.separated": _("{actor} separated it from its parent case."),
    "case.child_joined": _("{actor} joined another report to it."),
    "case.child_separated": _("{actor} separated a report from it."),
    "case.photos_compared": _("{actor} laid photos from before and after beside the case."),
    "case.photo_offered": _("A newer photo of the place came in."),
    "case.personal_data_viewed": _("{actor} looked at who reported it."),
    "case.owner_changed": _("The case went to another unit with its duty."),
    "case.word_added": _("The reporter wrote again."),
    "case.contact_added": _("The reporter asked to be told what happens."),
    "case.contact_ended": _("The reporter is not told any more by one of the ways."),
    "notice.tried_again": _("{actor} had a notice of the case {subject} sent again."),
    "case.placed": _("{actor} said where the case lies."),
    "reader.trained": _("{actor} trained the reader {subject}."),
    "reader.activated": _("{actor} put the reader {subject} to use."),
    "case.sensor_again": _("The sensor's value is beyond the threshold again."),
    "case.sensor_returned": _("The sensor's value is back within the threshold."),
    "sensor.added": _("{actor} registered the sensor {subject}."),
    "sensor.changed": _("{actor} changed the sensor {subject}."),
    "sensor.key_viewed": _("{actor} looked at the key of the gateway {subject}."),
    "sensor.key_renewed": _("{actor} gave the gateway {subject} a new key."),
    "mail.letter_tried_again": _("{actor} had the letter {subject} tried again."),
    "mail.letter_settled": _("{actor} settled the letter {subject} by hand."),
    "text_block.added": _("{actor} added the text block {subject}."),
    "text_block.changed": _("{actor} changed the text block {subject}."),
    "case.reply_drafted": _("{actor} drafted a reply to the reporter."),
    "hot_issue.found": _("{subject} appeared as a hot issue."),
    "hot_issue.heated": _("{subject} has heated up."),
    "hot_issue.merged": _("{subject} went into another hot issue."),
    "hot_issue.over": _("{subject} is over: no new reports."),
    "hot_issue.dismissed": _("{actor} dismissed {subject}."),
    "hot_issue.parent_opened": _("{actor} opened one parent case for {subject}."),
    "hot_issue.case_added": _("{actor} put a case into {subject}."),
    "case.replied": _("{actor} replied to the reporter."),
    "hotline.mapping_saved": _("{actor} kept the column mapping {subject}."),
    "hotline.import_started": _("{actor} had the hotline's file {subject} imported."),
    "hotline.imported": _("The hotline's file {subject} was imported."),
    "matter.added": _("{actor} added the matter {subject}."),
    "matter.changed": _("{actor} changed the matter {subject}."),
    "matter.change_planned": _("{actor} planned a change of the matter {subject}."),
    "matter.change_withdrawn": _("{actor} withdrew a planned change of the matter {subject}."),
}
HOTLINE_FIELDS = {
    "new": _("New cases"),
    "known": _("Known before"),
    "refused": _("Rows refused"),
    "columns": _("Column mapping"),
}
FIELDS = {
    "state": _("State"),
    "matter": _("Matter"),
    "unit": _("Unit"),
    "returns": _("Returns"),
    "registered_at": _("Registered at"),
    "until_on": _("Rests until"),
    "stars": _("Stars"),
    "score": _("Score"),
    "why_sent": _("Sent with a low score because"),
    "parent": _("Joined to"),
    "units": _("Parts go to"),
    "part": _("Part"),
    "part_state": _("State of the part"),
    "visit": _("Joint visit"),
    "child": _("Report"),
    "heat": pgettext_lazy("hot issue", "Heat"),
    "people": pgettext_lazy("hot issue", "People"),
    "cases": _("Cases"),
    "case": _("Case"),
    "into": _("Gone into"),
    **HOTLINE_FIELDS,
    "channel": _("Channel"),
    "value": _("Measured value"),
    "measured_at": _("Measured at"),
}


def _state(value: str) -> str:
    return str(STATE_LABELS[State(value)]) if value in set(State) else value


def _instant(text: str) -> str:
    return localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")


def _matter(code: str) -> str:
    matter = Matter.objects.filter(code=code).first()
    return matter.name if matter else code


def _channel(value: str) -> str:
    return str(CHANNEL_LABELS[Channel(value)]) if value in set(Channel) else value


def _unit(code: str) -> str:
    unit = Unit.objects.filter(code=code).first()
    return unit.name if unit else code


def _units(codes: list[str]) -> str:
    return "、".join(_unit(code) for code in codes)


def _part_state(value: str) -> str:
    return str(PART_STATE_LABELS[PartState(value)]) if value in set(PartState) else value


def uses(evidence: Evidence, person: Person) -> Iterator[Use]:
    """Yield the cases in the person's sight that rest on the evidence."""
    for case in visible_cases(person).filter(attachments__evidence=evidence).distinct():
        yield Use("case", f"{case.number} {case.title}", reverse("cases:detail", args=[case.number]))


def make_known() -> None:
    """Tell the shared apps how cases read; called once at the start."""
    say(SENTENCES)
    name_fields(
        FIELDS,
        {
            "state": _state,
            "matter": _matter,
            "unit": _unit,
            "units": _units,
            "part_state": _part_state,
            "visit": _instant,
            "registered_at": _instant,
            "channel": _channel,
        },
    )
    routing_sentences.make_known()
    on_uses(uses)
    for code, label in DUTY_LABELS.items():
        register_kind(DutyKind(code, cast(str, label), is_cancelled_directly=False))
