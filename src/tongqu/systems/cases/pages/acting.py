"""What the pages share when they act: photos are kept with the move, and a refusal is shown beside its field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django import forms
from django.core.files.uploadedfile import UploadedFile

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.storing import Kept, keep_all, register, unit_of
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import act
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case

FIELDS = {"evidence": "photos"}
"""Under which name a form asks for what an action calls otherwise."""


class _WithPhotos(Protocol):
    """A form that takes photos along."""

    @property
    def fields(self) -> dict[str, Any]: ...
    @property
    def uploads(self) -> list[UploadedFile[bytes]]: ...
    def add_error(self, field: str | None, error: str) -> None: ...


def was_done(
    form: _WithPhotos, do: Callable[[list[Evidence]], object], *, person: Person, case: Case
) -> bool:
    """Keep the form's photos and do the act with them, all or nothing; a refusal goes into the form."""
    try:
        kept = keep_all((file.name or "photo", file.read()) for file in form.uploads)
        with act():
            do(_stored(kept, person, case))
    except (BadInput, MoveNotAllowed, NotAllowed) as refusal:
        show_refusal(form, refusal)
        return False
    return True


def show_refusal(form: _WithPhotos | forms.Form, refusal: Exception) -> None:
    """Put what was wrong beside the field that it is about, or above the form."""
    problems = refusal.problems if isinstance(refusal, BadInput) else (Problem(str(refusal)),)
    for problem in problems:
        field = FIELDS.get(problem.field, problem.field)
        say = f"{problem.file}: {problem.message}" if problem.file else str(problem.message)
        form.add_error(field if field in form.fields else None, say)


def _stored(kept: Sequence[Kept], person: Person, case: Case) -> list[Evidence]:
    at, unit = now(), unit_of(person)
    return [
        register(each, by=person, at=at, unit=unit, source="case", is_invented=case.is_invented).evidence
        for each in kept
    ]
