"""The rules as a region administrator sees and changes them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.duties.actions.rule_changes import recompute_lamps, set_lamp_rule, set_steps
from tongqu.shared.duties.forms import AUDIENCE_WORDS, StepFormSet, ThresholdsForm, rows_of
from tongqu.shared.duties.pages.words import step_text
from tongqu.shared.duties.queries import Rulebook, rulebook, thresholds_of
from tongqu.shared.duties.rules import kind_of, known_kinds
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.refusals import show_refusal


def _kinds(book: Rulebook) -> list[str]:
    """Return the general rule and every kind that is known or has a rule."""
    own = {*book.lamp_rules, *book.own_steps, *(kind.code for kind in known_kinds())}
    return ["", *sorted(own - {""})]


def _row(book: Rulebook, code: str) -> dict[str, Any]:
    return {
        "code": code or "*",
        "label": kind_of(code).label if code else _("All kinds without their own"),
        "thresholds": thresholds_of(book.lamp_rule(code)),
        "has_own": code in book.lamp_rules,
        "steps": [{"when": step_text(s), "who": AUDIENCE_WORDS[s.audience]} for s in book.steps(code)],
        "has_own_steps": code in book.own_steps,
        "url": reverse("duties:rule", args=[code or "*"]),
    }


@require_safe
@door(SIGNED_IN)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the thresholds of lamps and the steps of reminding."""
    book = rulebook()
    may_change = Role.REGION_ADMIN in person_of(request).roles
    context = {"rows": [_row(book, code) for code in _kinds(book)], "may_change": may_change}
    return render(request, "duties/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(held_by(Role.REGION_ADMIN))
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """Change the thresholds and steps of a kind."""
    kind = "" if code == "*" else code
    book = rulebook()
    old = thresholds_of(book.lamp_rule(kind))
    initial = {
        "yellow_percent": round(old.yellow_share * 100),
        "red_days_late": old.red_days_late,
        "yellow_slip_days": old.yellow_slip_days,
        "red_slip_days": old.red_slip_days,
    }
    which = request.POST.get("change", "")
    thresholds = ThresholdsForm(request.POST if which == "lamps" else None, initial=initial)
    steps = StepFormSet(request.POST if which == "steps" else None, initial=rows_of(book.steps(kind)))
    if which == "lamps" and thresholds.is_valid() and _set_lamps(request, kind, thresholds):
        return redirect("duties:rules")
    if which == "steps" and steps.is_valid():
        set_steps(kind, [s for f in steps if (s := f.step())], by=person_of(request), at=now())
        messages.success(request, _("The steps of reminding were changed."))
        return redirect("duties:rules")
    context = {"row": _row(book, kind), "thresholds_form": thresholds, "steps_form": steps}
    return render(request, "duties/rule.html", context, status=422 if which else 200)


def _set_lamps(request: HttpRequest, kind: str, form: ThresholdsForm) -> bool:
    """Put the rule in force; a rule that cannot be shows its error in the form."""
    try:
        set_lamp_rule(kind, form.thresholds(), by=person_of(request), at=now())
    except BadInput as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, _("The lamp rule was changed. It holds for duties opened from now on."))
    return True


@require_POST
@door(held_by(Role.REGION_ADMIN))
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Bring open duties under the rule in force."""
    count = recompute_lamps("" if code == "*" else code, by=person_of(request), at=now())
    text = ngettext(
        "The lamps of %(count)d open duty were recomputed.",
        "The lamps of %(count)d open duties were recomputed.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("duties:rules")
