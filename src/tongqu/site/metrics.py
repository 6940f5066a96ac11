"""`/metrics` for Prometheus: requests by route, and how queue, duties, cases and journal stand."""

from __future__ import annotations

import ipaddress
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tongqu.shared.access.guard import address_of, bearer_of, door
from tongqu.shared.access.rules import PUBLIC, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.queries import count_lamps
from tongqu.shared.jobs.queries import depth, workers
from tongqu.shared.journal.models import ChainHead
from tongqu.systems.cases.models.case import Case

# The time at which each series began says nothing that a reader of these pages asks for, and doubles their length.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this one function untyped
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
KEPT_SECONDS = 15.0
"""How long the counts of the database are kept, so that scraping often costs no more than scraping rarely."""

SECONDS = Histogram(
    "tongqu_request_seconds",
    "Time from a request to its answer, by route, method and status.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Measured:
    """Middleware: measures each request under its route, never under the address that was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and note how long it took."""
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        route = f"/{match.route}" if match else "none"
        SECONDS.labels(route, method, response.status_code).observe(time.perf_counter() - begun)
        return response


class Standing(Collector):
    """Reads a few counts from the database when asked, each by an index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[float, list[Metric]] = (float("-inf"), [])

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: the database may not be there yet."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Return the counts, at most `KEPT_SECONDS` old."""
        with self._lock:
            read_at, metrics = self._kept
            if time.monotonic() - read_at > KEPT_SECONDS:
                metrics = list(_read())
                self._kept = (time.monotonic(), metrics)
            return metrics

    def forget(self) -> None:
        """Read anew next time."""
        self._kept = (float("-inf"), [])


def _gauge(name: str, say: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, say, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _read() -> Iterator[Metric]:
    queue, at = depth(), now()
    jobs = {"due": queue.due, "later": queue.later, "running": queue.running, "dead": queue.dead}
    yield _gauge(
        "tongqu_jobs", "Jobs in the queue by state.", "state", {k: float(v) for k, v in jobs.items()}
    )
    alive = sum(not worker.is_silent for worker in workers())
    yield GaugeMetricFamily("tongqu_workers", "Workers whose heartbeat is fresh.", value=alive)
    lamps = count_lamps(Duty.objects.filter(is_open=True), at)
    by_lamp = {str(lamp): float(number) for lamp, number in lamps.items()}
    yield _gauge("tongqu_open_duties", "Open duties by lamp.", "lamp", by_lamp)
    states = Case.objects.filter(closed_at=None).order_by().values_list("state").annotate(Count("pk"))
    by_state = {state: float(number) for state, number in states}
    yield _gauge("tongqu_open_cases", "Cases that are not closed, by state.", "state", by_state)
    head = ChainHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    yield GaugeMetricFamily("tongqu_journal_head", "Number of the newest fact of the journal.", value=head)


STANDING = Standing()
REGISTRY.register(STANDING)


def _registry() -> CollectorRegistry:
    """Return what to print: this process's numbers, or those of all when `PROMETHEUS_MULTIPROC_DIR` is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(STANDING)
    return registry


def _is_local(request: HttpRequest) -> bool:
    """Answer whether the request comes from this machine itself, not through a proxy on it."""
    if {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers):
        return False
    try:
        return ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False


@door(PUBLIC)
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Print the metrics, to this machine or to a token with the scope `metrics:read`; to nobody else."""
    if not _is_local(request):
        token = bearer_of(request)
        if token is None or TokenScope.METRICS_READ not in token.scope_set:
            raise PermissionDenied
    text: Any = generate_latest(_registry())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)
