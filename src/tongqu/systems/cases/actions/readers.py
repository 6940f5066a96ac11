"""Trains the reader of matters on the desks' decisions; a new version is used only if it is no worse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.systems.cases.analytics.matter_training import Compared, score_on, train_matters
from tongqu.systems.cases.analytics.training import Example
from tongqu.systems.cases.models.reading import ReaderVersion
from tongqu.systems.cases.queries.case_reading import active_version, reader_of
from tongqu.systems.cases.queries.decisions import Decision, decisions, strengths_in_use

LEAST_DECISIONS = 100
LEAST_HELD_BACK = 20
HELD_BACK = 0.2


def train_version(*, by: Actor, at: datetime) -> ReaderVersion:
    """Train a version on the decisions so far, measure it, and put it to use if it is no worse than the one in use.

    Measured on the newest fifth of the decisions, but never on one that the version in use may have learnt: a
    version trained on the older ones is set beside the one in use (or one that knows the word list alone). What is kept
    has learnt from all. Raises `BadInput` while there are too few decisions.
    """
    made, known = decisions(), active_version()
    older, newest = _parted(made, known)
    strengths, names = strengths_in_use()
    candidate = train_matters(strengths, names, older)
    before = reader_of(known) if known else train_matters(strengths, names, [])
    compared = Compared(score_on(candidate, newest), score_on(before, newest))
    whole = train_matters(strengths, names, [decision.example for decision in made])
    return _keep(whole.to_bytes(), len(made), compared, by=by, at=at)


def _parted(made: Sequence[Decision], known: ReaderVersion | None) -> tuple[list[Example], list[Example]]:
    """Return what is learnt from and what is measured on."""
    if len(made) < LEAST_DECISIONS:
        say = _("There are %(count)s decisions so far; training needs %(least)s.")
        raise BadInput([Problem(say % {"count": len(made), "least": LEAST_DECISIONS}, code="few-decisions")])
    cut = len(made) - max(LEAST_HELD_BACK, int(HELD_BACK * len(made)))
    if known is not None:
        cut = max(cut, sum(decision.at <= known.made_at for decision in made))
    if len(made) - cut < LEAST_HELD_BACK:
        say = _("Since the last version there are %(count)s decisions; measuring needs %(least)s.")
        raise BadInput(
            [Problem(say % {"count": len(made) - cut, "least": LEAST_HELD_BACK}, code="few-new-decisions")]
        )
    examples = [decision.example for decision in made]
    return examples[:cut], examples[cut:]


@acting
def _keep(data: bytes, learnt_from: int, compared: Compared, *, by: Actor, at: datetime) -> ReaderVersion:
    version = ReaderVersion.objects.create(
        made_at=at,
        made_by_name=by.actor_name,
        learnt_from=learnt_from,
        measured_on=compared.new.examples,
        accuracy=compared.new.accuracy,
        macro_f1=compared.new.macro_f1,
        calibration_error=compared.new.calibration_error,
        accuracy_before=compared.before.accuracy,
        data=data,
    )
    record(
        "reader.trained",
        _subject(version),
        by=by,
        at=at,
        label=str(version),
        after={"learnt_from": learnt_from, "agreement": round(version.accuracy, 4)},
    )
    if compared.is_no_worse:
        use_version(version, by=by, at=at)
    return version


@acting
def use_version(version: ReaderVersion, *, by: Actor, at: datetime) -> ReaderVersion:
    """Put a version to use, also an older one; nothing happens when it is in use already."""
    locked = ReaderVersion.objects.select_for_update().defer("data")
    current = locked.filter(is_active=True).first()
    if current is not None and current.pk == version.pk:
        return version
    if current is not None:
        current.is_active = False
        current.save(update_fields=["is_active"])
    version.is_active, version.activated_at = True, at
    version.save(update_fields=["is_active", "activated_at"])
    record(
        "reader.activated",
        _subject(version),
        by=by,
        at=at,
        label=str(version),
        before={"version": str(current) if current else ""},
        after={"version": str(version)},
    )
    return version


def _subject(version: ReaderVersion) -> Subject:
    return Subject("reader", str(version.pk))
