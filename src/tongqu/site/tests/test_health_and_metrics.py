"""Health and metrics, as a supervisor and Prometheus ask for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from conftest import Town
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import machine_now, now
from tongqu.shared.jobs.models import Worker
from tongqu.site import health, metrics


def beat() -> None:
    at = machine_now()
    Worker.objects.create(id="w", host="h", pid=1, started_at=at, seen_at=at)


def checks(client: Client) -> tuple[int, str, dict[str, str]]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json()["status"], answer.json()["checks"]


@pytest.mark.django_db
class TestHealth:
    def test_all_is_well_with_a_worker(self, client: Client) -> None:
        beat()
        assert checks(client) == (
            200,
            "ok",
            {"database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"},
        )

    def test_without_a_worker_it_is_degraded_and_still_serves(self, client: Client) -> None:
        status, word, parts = checks(client)
        assert (status, word, parts["worker"]) == (200, "degraded", "degraded")

    def test_a_full_disk_degrades(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        beat()
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))
        assert checks(client)[2]["disk"] == "degraded"

    def test_a_migration_not_applied_fails(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        health._migrated.clear()
        monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda _self, _nodes: ["one"])
        assert checks(client)[0] == 503
        assert not health._migrated

    def test_a_database_that_does_not_answer_fails_but_the_process_lives(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone() -> health.Health:
            raise OperationalError

        monkeypatch.setitem(health.CHECKS, "database", gone)
        assert checks(client)[:2] == (503, "failing")
        assert client.get("/healthz/live").json() == {"status": "ok"}

    def test_it_tells_no_paths_and_no_versions(self, client: Client) -> None:
        text = client.get("/healthz").content.decode()
        assert str(connection.settings_dict["NAME"]) not in text
        assert client.post("/healthz").status_code == 405


@pytest.fixture
def fresh() -> Iterator[None]:
    metrics.STANDING.forget()
    yield
    metrics.STANDING.forget()


@pytest.mark.usefixtures("fresh")
class TestMetrics:
    def test_it_counts_requests_by_route_not_by_address(self, client: Client, town: Town) -> None:
        client.get("/account/people/271828182845904523/")
        client.get("/no/such/page")
        client.generic("BREW", "/no/such/page")
        text = client.get("/metrics").content.decode()
        line = 'tongqu_request_seconds_count{method="GET",route="/account/people/<int:number>/",status="302"}'
        assert line in text
        assert "271828182845904523" not in text
        assert 'route="none"' in text
        assert 'method="other"' in text

    def test_it_says_how_things_stand(self, client: Client, town: Town, at: datetime) -> None:
        beat()
        make_token(town.outsider, name="t", scopes=["cases:read"], days=1, by=town.outsider, at=at)
        text = client.get("/metrics").content.decode()
        for line in ("tongqu_workers 1.0", "tongqu_journal_head 1.0", 'tongqu_jobs{state="dead"} 0.0'):
            assert line in text
        assert 'tongqu_open_duties{lamp="red"} 0.0' in text

    def test_scraping_again_costs_no_query(
        self, client: Client, town: Town, django_assert_num_queries: Any
    ) -> None:
        client.get("/metrics")
        with django_assert_num_queries(0):
            client.get("/metrics")

    @pytest.mark.parametrize(
        "headers",
        [
            {"REMOTE_ADDR": "192.0.2.1"},
            {"REMOTE_ADDR": ""},
            {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
            {"HTTP_FORWARDED": "for=127.0.0.1"},
            {"HTTP_X_REAL_IP": "127.0.0.1"},
        ],
    )
    def test_from_elsewhere_it_is_closed(self, client: Client, town: Town, headers: dict[str, str]) -> None:
        client.force_login(town.region_admin)
        assert client.get("/metrics", **headers).status_code == 403

    def test_a_token_with_the_scope_opens_it_from_elsewhere(self, client: Client, town: Town) -> None:
        for scope, status in ((TokenScope.METRICS_READ, 200), (TokenScope.CASES_READ, 403)):
            made = make_token(town.auditor, name="p", scopes=[scope], days=1, by=town.auditor, at=now())
            answer = client.get(
                "/metrics", REMOTE_ADDR="192.0.2.1", headers={"Authorization": f"Bearer {made.text}"}
            )
            assert answer.status_code == status

    def test_several_processes_are_added_up(
        self, client: Client, town: Town, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
        assert "tongqu_journal_head" in client.get("/metrics").content.decode()
