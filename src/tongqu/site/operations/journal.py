"""The journal for auditors: browse, filter, export; one fact with what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.queries import scope_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import chain_state, fact, facts, facts_of
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.sentences import sentence
from tongqu.shared.ui.table import Column, Table
from tongqu.site.operations.actions import note_export
from tongqu.site.operations.forms import JournalFilter

READERS = held_by(Role.AUDITOR, Role.REGION_ADMIN)


def _told(found: Fact) -> str:
    return sentence(found.verb, actor=found.actor_name, subject=found.subject_label or found.subject_id)


def _address(found: Fact) -> str:
    return reverse("journal:fact", args=[found.id])


COLUMNS = (
    Column("seq", _("No."), kind="number", sort="seq", link=_address),
    Column("at", _("When"), kind="instant"),
    Column("told", _("What happened"), value=_told),
    Column("actor_name", _("Who")),
    Column("actor_unit", _("Unit"), optional=True),
    Column("verb", _("Verb")),
    Column("subject", _("To what"), value=lambda found: f"{found.subject_kind}:{found.subject_id}"),
    Column("subject_label", _("Its title")),
    Column("note", _("Note"), optional=True),
    Column("division_path", _("Division"), optional=True),
    Column("hash", _("Hash"), optional=True),
)


@door(READERS)
@never_cache
@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """List the facts in the auditor's sight, newest first; or export them, which is itself recorded."""
    person = person_of(request)
    form = JournalFilter(request.GET)
    found = facts(scope_of(person)).filter(form.wanted().q())
    table = Table(
        "journal",
        COLUMNS,
        found,
        request,
        caption=_("Journal"),
        order="-seq",
        empty_title=_("No facts found"),
        empty_text=_("Nothing in your sight fits these filters. Clear them, or choose other days."),
    )
    if table.is_download:
        note_export({name: request.GET.get(name, "") for name in form.fields}, by=person, at=now())
        return table.download()
    return render(request, "site/journal.html", {"table": table, "form": form, "chain": chain_state()})


@dataclass(frozen=True)
class Change:
    """One field of a fact, before and after the act."""

    field: str
    before: Any
    after: Any
    kind: str


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what an act changed, field by field: added, removed, changed or kept."""
    found = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if name not in before:
            kind = "added"
        elif name not in after:
            kind = "removed"
        else:
            kind = "kept" if old == new else "changed"
        found.append(Change(name, old, new, kind))
    return found


@door(READERS)
@never_cache
@require_safe
def show(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Show one fact: what it changed, on which evidence, and whether its hash still holds."""
    sight = scope_of(person_of(request))
    found = fact(fact_id, sight)
    if found is None:
        raise Http404
    subject = Subject(found.subject_kind, found.subject_id)
    context = {
        "fact": found,
        "told": _told(found),
        "changes": changes(found.before_values, found.after_values),
        "evidence": list(
            Evidence.objects.filter(sha256__in=found.evidence_hashes).visible_to(person_of(request))
        )
        if found.evidence_hashes
        else [],
        "is_sound": found.hash == found.expected_hash(),
        "subject": subject,
        "earlier": facts_of(subject, sight).filter(seq__lt=found.seq).order_by("-seq").first(),
        "later": facts_of(subject, sight).filter(seq__gt=found.seq).first(),
    }
    return render(request, "site/journal_fact.html", context)
