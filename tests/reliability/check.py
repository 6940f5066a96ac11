"""Runs inside a house after the killing: how things stand, for the test to judge."""

from typing import Any

from django.db.models import Count
from django_tasks_db.models import DBTaskResult

from tests.reliability.tally.models import Tally
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence, ImportItem
from tongqu.shared.evidence.queries.checking import verify as verify_store
from tongqu.shared.jobs.queries import depth
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import verify
from tongqu.systems.cases.models.case import Case

TOLD = ("case.", "evidence.stored")


def unfinished_jobs() -> int:
    """Return how many jobs are due, running or to be tried again."""
    found = depth()
    return found.due + found.running + found.retrying


def check() -> dict[str, Any]:
    """Return the state."""
    walk = verify()
    told = {str(i) for i, verb in Fact.objects.values_list("id", "verb") if verb.startswith(TOLD)}
    tallied = {str(i) for i in Tally.objects.values_list("fact_id", flat=True)}
    verbs = Fact.objects.filter(subject_kind="case").values_list("subject_id", "verb")
    by_case: dict[str, list[str]] = {}
    for subject_id, verb in verbs:
        by_case.setdefault(subject_id, []).append(verb)
    cases = list(Case.objects.all())
    open_duties = Duty.objects.filter(subject_kind="case", is_open=True)
    rows = DBTaskResult.objects.order_by()
    return {
        "facts": Fact.objects.count(),
        "chain": str(walk.broken or ""),
        "cases": {case.number: [case.state, case.revision] for case in cases},
        "facts_of_cases": {case.number: by_case.get(str(case.pk), []) for case in cases},
        "open_duties_of_cases": list(open_duties.values_list("subject_id", flat=True)),
        "photos": Evidence.objects.filter(kind="photo").count(),
        "photo_facts": Fact.objects.filter(verb="evidence.stored").count(),
        "bad_files": sum(found.fault is not None for found in verify_store()),
        "import_items": dict(ImportItem.objects.values_list("state").annotate(Count("pk"))),
        "jobs": dict(rows.values_list("status").annotate(Count("pk"))),
        "errors": list(rows.filter(status="FAILED").values_list("traceback", flat=True)),
        "told": len(told),
        "tallied": Tally.objects.count(),
        "tallied_twice": Tally.objects.count() - len(tallied),
        "not_tallied": len(told - tallied),
    }
