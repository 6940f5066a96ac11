"""Shows in a form what an action refused."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from tongqu.kernel.problems import BadInput, Problem


def show_refusal(
    form: forms.BaseForm,
    refusal: Exception,
    fields: Mapping[str, str | None] | None = None,
    rest: str | None = None,
) -> None:
    """Put what was refused beside the field that it is about, and what is about none beside `rest`, by default above the form.

    `fields` says under which name the form asks for what the action calls otherwise, None where it does not.
    """
    problems = refusal.problems if isinstance(refusal, BadInput) else (Problem(str(refusal)),)
    for problem in problems:
        field = (fields or {}).get(problem.field, problem.field)
        form.add_error(field if field in form.fields else rest, str(problem.message))
