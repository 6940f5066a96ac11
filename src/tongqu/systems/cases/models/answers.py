"""What is said of wrong answers and of wrong questions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongqu.systems.cases.rules.answers import AnswerFault
from tongqu.systems.cases.rules.questions import MOST_LINE, MOST_QUESTIONS, Flaw, Question


def fault_say(kind: AnswerFault, question: Question | None) -> str:
    """Return what is wrong with an answer and what to do, in the language of the moment."""
    says = {
        AnswerFault.UNKNOWN: _("This matter asks no such question. Read its questions."),
        AnswerFault.MISSING: _("This question must be answered."),
        AnswerFault.NOT_ASKED: _("This question is not asked after the other answers. Leave it out."),
        AnswerFault.NO_NUMBER: _("Write a number, such as 3 or 2.5."),
        AnswerFault.TOO_SMALL: _("Write a number of at least %(least)s."),
        AnswerFault.TOO_LARGE: _("Write a number of at most %(most)s."),
        AnswerFault.NO_DATE: _("Write a day, such as 2026-09-16."),
        AnswerFault.NO_MOMENT: _("Write a day and a time, such as 2026-09-16T10:00."),
        AnswerFault.NO_OPTION: _("Choose one of the answers offered."),
        AnswerFault.SEVERAL: _("This question takes one answer."),
        AnswerFault.TOO_LONG: _("Shorten this to %(length)s characters."),
    }
    least = "" if question is None or question.least is None else f"{question.least:g}"
    most = "" if question is None or question.most is None else f"{question.most:g}"
    return says[kind] % {"least": least, "most": most, "length": MOST_LINE}


def flaw_say(flaw: Flaw) -> str:
    """Return what is wrong with the definition of a question and what to do, in the language of the moment."""
    says = {
        Flaw.TOO_MANY: _("A matter asks at most %(most)s questions. Leave some out."),
        Flaw.CODE: _("Write a code of letters, digits and _, which begins with a letter."),
        Flaw.TWICE: _("The code stands twice in this matter. Give each question its own."),
        Flaw.KIND: _("Choose a kind: text, number, date, moment, choice, choices or yes_no."),
        Flaw.TEXT: _("Write the text in Simplified Chinese, in at most %(length)s characters."),
        Flaw.OPTIONS: _("A list needs 2 to 50 answers, each with a code of its own."),
        Flaw.NO_LIST: _("Only choice and choices offer a list. Leave it out, or change the kind."),
        Flaw.BOUNDS: _("Only numbers have unit and bounds, and the least is not more than the most."),
        Flaw.UNKNOWN: _("The condition must name a question of this matter that stands before."),
        Flaw.NOT_DECIDING: _("A condition can rest on choice, choices and yes_no only."),
        Flaw.VALUES: _("The condition names an answer that its question does not offer."),
    }
    return says[flaw] % {"most": MOST_QUESTIONS, "length": MOST_LINE}
