"""`/healthz`: whether the server can work, and what is degraded. It names no paths and no versions."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.jobs.queries import workers

LITTLE_SPACE_BYTES = 1024**3


class Health(StrEnum):
    """How a part stands."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"


def _database() -> Health:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health.OK


_migrated: set[str] = set()


def _migrations() -> Health:
    """Answer whether every migration is applied; once it is, it stays so while the process lives."""
    name = str(connection.settings_dict["NAME"])
    if name not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return Health.FAILING
        _migrated.add(name)
    return Health.OK


def _worker() -> Health:
    """Without a worker pages still serve, but nothing is delivered, reminded or rendered."""
    return Health.OK if any(not worker.is_silent for worker in workers()) else Health.DEGRADED


def _disk() -> Health:
    return Health.OK if shutil.disk_usage(settings.HOME).free > LITTLE_SPACE_BYTES else Health.DEGRADED


CHECKS: dict[str, Callable[[], Health]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "disk": _disk,
}


def _checked(check: Callable[[], Health]) -> Health:
    try:
        return check()
    except (DatabaseError, OSError):
        return Health.FAILING


@door(PUBLIC)
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the server can work (also when degraded), else 503."""
    checks = {name: _checked(check) for name, check in CHECKS.items()}
    worst = max(checks.values(), key=list(Health).index)
    status = 503 if worst == Health.FAILING else 200
    return JsonResponse({"status": worst, "checks": checks}, status=status)


@door(PUBLIC)
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process runs, whatever the database does."""
    return JsonResponse({"status": Health.OK})
