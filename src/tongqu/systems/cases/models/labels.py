"""What people call the states, moves, sources and kinds of cases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.systems.cases.rules.kinds import Grade, PhotoRule, Source, Track, VerifyBy
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.open311 import Publicity
from tongqu.systems.cases.rules.parts import PartState

STATE_LABELS = {
    State.REPORTED: pgettext_lazy("state of a case", "Reported"),
    State.ACCEPTED: pgettext_lazy("state of a case", "Accepted"),
    State.DISPUTED: pgettext_lazy("state of a case", "Disputed"),
    State.DISPATCHED: pgettext_lazy("state of a case", "Dispatched"),
    State.HANDLING: pgettext_lazy("state of a case", "Being handled"),
    State.SUSPENDED: pgettext_lazy("state of a case", "Suspended"),
    State.HANDLED: pgettext_lazy("state of a case", "Handled"),
    State.VERIFIED: pgettext_lazy("state of a case", "Verified"),
    State.CLOSED: pgettext_lazy("state of a case", "Closed"),
    State.REJECTED: pgettext_lazy("state of a case", "Rejected"),
    State.JOINED: pgettext_lazy("state of a case", "Joined to another"),
}

MOVE_LABELS = {
    "accept": _("Accept"),
    "reject": _("Reject"),
    "register": _("Register without dispatching"),
    "dispatch": _("Dispatch"),
    "decide": _("Decide the dispute"),
    "take": _("Sign for it"),
    "send_back": _("Send back"),
    "ask_suspension": _("Ask for suspension"),
    "suspend": _("Suspend"),
    "refuse_suspension": _("Refuse the suspension"),
    "resume": _("Take up again"),
    "handle": _("Report as done"),
    "verify": _("Verify"),
    "refuse": _("Not done"),
    "close": _("Close the case"),
    "rate": _("Write down the reporter's rating"),
    "reopen": _("Reopen the case"),
    "split": _("Split into parts"),
    "join": _("Join to another case"),
    "separate": _("Separate again"),
}

PART_STATE_LABELS = {
    PartState.SENT: pgettext_lazy("state of a part", "Sent"),
    PartState.HANDLING: pgettext_lazy("state of a part", "Being handled"),
    PartState.RETURNED: pgettext_lazy("state of a part", "Sent back"),
    PartState.HANDLED: pgettext_lazy("state of a part", "Handled"),
    PartState.WITHDRAWN: pgettext_lazy("state of a part", "Withdrawn"),
}

ASKED_MOVE_LABELS = {"suspend": _("Grant the suspension")}
"""Moves that answer what the unit of the case asks for."""

SPLIT_MOVE_LABELS = {"send_back": _("Send the whole case back")}
"""Moves with a split case that its parts have too."""

PART_MOVE_LABELS = {
    "take": _("Sign for it"),
    "send_back": _("Send back"),
    "give": _("Give to another unit"),
    "withdraw": _("Withdraw"),
    "handle": _("Report as done"),
    "refuse": _("Not done"),
}

DUTY_LABELS = {
    "accept": _("Accept the report"),
    "dispatch": _("Dispatch"),
    "decide": _("Decide the dispute"),
    "handle": _("Handle"),
    "verify": _("Check the work"),
    "fly": _("Fly over the place"),
    "close": _("Close the case"),
}

SOURCE_LABELS = {
    Source.WEB: _("web form"),
    Source.PHONE: _("phone page"),
    Source.API: _("API"),
    Source.GRID: _("grid worker"),
    Source.HOTLINE: _("hotline"),
    Source.DRONE: _("drone patrol"),
    Source.DESK: _("duty desk"),
    Source.OPEN311: _("Open311"),
    Source.EMAIL: _("e-mail message"),
    Source.SENSOR: _("sensor"),
    Source.PARENT: _("several reports"),
}

TRACK_LABELS = {
    Track.ORDER: _("Public order and safety"),
    Track.MARKET: _("Market supervision"),
    Track.ENFORCEMENT: _("Integrated enforcement"),
    Track.SERVICE: _("Public services"),
}

VERIFY_LABELS = {
    VerifyBy.INSPECTOR: _("inspector on the spot"),
    VerifyBy.PHOTO: _("newer photo of the place"),
    VerifyBy.REPORTER: _("word of the reporter"),
    VerifyBy.AIR: _("newer photo from the air"),
}

GRADE_LABELS = {
    Grade.ORDINARY: _("ordinary"),
    Grade.SERIOUS: _("serious"),
    Grade.URGENT: _("urgent"),
}

PHOTO_RULE_LABELS = {
    PhotoRule.NONE: _("do nothing"),
    PhotoRule.OFFER: _("offer it to the inspector"),
    PhotoRule.AUTOMATIC: _("verify at once"),
}

PUBLICITY_LABELS = {
    Publicity.BY_TRACK: _("as its platform: order and safety nothing, others the status"),
    Publicity.NOTHING: pgettext_lazy("published of cases", "nothing"),
    Publicity.STATUS: _("status, and roughly where"),
    Publicity.WORDS: _("also the words and the exact place"),
}
