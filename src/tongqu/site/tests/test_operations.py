"""Operations and journal pages and API: who may look, what they show, what may be done about dead jobs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from conftest import Town
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.jobs.actions import enqueue, register, register_schedule
from tongqu.shared.jobs.queries import job
from tongqu.shared.jobs.rules import REGISTRY, JobSpec, JobState
from tongqu.shared.jobs.worker import claim, run_ready
from tongqu.shared.journal.actions import act, record
from tongqu.shared.journal.models import Fact, Verification
from tongqu.shared.journal.rules import SYSTEM, Subject
from tongqu.shared.region.models import Person
from tongqu.site.operations import actions, queries
from tongqu.site.operations.journal import changes


def fails() -> None:
    raise ValueError("the printer is out of paper")


@pytest.fixture
def dead(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A dead letter."""
    monkeypatch.setattr(REGISTRY, "specs", dict(REGISTRY.specs))
    monkeypatch.setattr(REGISTRY, "schedules", {})
    register(JobSpec("print", fails, most_attempts=1))
    register_schedule("print.daily", cron="0 6 * * *", job="print")
    job_id = enqueue("print")
    run_ready()
    return job_id


def signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_dead_letters_schedules_and_the_chain(town: Town, dead: str) -> None:
    page = text_of(signed_in(town.region_admin), reverse("operations"))
    assert "the printer is out of paper" in page
    assert "print.daily" in page
    assert "not yet checked" in page
    assert reverse("operations-retry", args=[dead]) in page


def test_an_auditor_looks_but_does_not_decide(town: Town, dead: str) -> None:
    client = signed_in(town.auditor)
    assert reverse("operations-retry", args=[dead]) not in text_of(client, reverse("operations"))
    assert client.post(reverse("operations-retry", args=[dead])).status_code == 403


@pytest.mark.parametrize(
    "name", ["county_leader", "township_clerk", "department_officer", "villager", "outsider"]
)
@pytest.mark.parametrize("route", ["operations", "journal:list"])
def test_others_do_not_look(town: Town, name: str, route: str) -> None:
    assert signed_in(getattr(town, name)).get(reverse(route)).status_code == 403


def test_a_dead_letter_is_tried_again_with_a_fact(town: Town, dead: str) -> None:
    response = signed_in(town.region_admin).post(reverse("operations-retry", args=[dead]), follow=True)
    assert "The job is queued again." in response.content.decode()
    assert job(dead).state == JobState.WAITING
    found = Fact.objects.get(verb="job.retried")
    assert found.before_values["error"] == "ValueError: the printer is out of paper"
    assert found.actor_name == "卫管理"


def test_a_dead_letter_is_discarded_with_a_fact(town: Town, dead: str) -> None:
    client = signed_in(town.region_admin)
    client.post(reverse("operations-discard", args=[dead]))
    assert job(dead) is None
    assert Fact.objects.get(verb="job.discarded").after_values == {"state": "discarded"}
    again = client.post(reverse("operations-discard", args=[dead]), follow=True)
    assert "no longer there" in again.content.decode()


def test_a_job_that_is_not_dead_is_not_tried_again(town: Town, dead: str) -> None:
    client = signed_in(town.region_admin)
    client.post(reverse("operations-retry", args=[dead]))
    response = client.post(reverse("operations-retry", args=[dead]), follow=True)
    assert "neither dead nor stopped" in response.content.decode()
    assert Fact.objects.filter(verb="job.retried").count() == 1


def test_a_waiting_job_is_stopped_and_resumed(town: Town, dead: str) -> None:
    client = signed_in(town.region_admin)
    waiting = enqueue("print")
    client.post(reverse("operations-stop", args=[waiting]))
    assert job(waiting).state == JobState.STOPPED
    assert "Resume" in text_of(client, reverse("operations"))
    client.post(reverse("operations-retry", args=[waiting]))
    assert job(waiting).state == JobState.WAITING


def test_only_an_administrator_acts_on_jobs(town: Town, dead: str, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.retry(dead, by=town.auditor, at=at)


def test_the_page_of_a_job_shows_arguments_and_traceback(town: Town, dead: str) -> None:
    page = text_of(signed_in(town.region_admin), reverse("operations-job", args=[dead]))
    assert "Traceback (most recent call last)" in page
    missing = reverse("operations-job", args=["00000000-0000-4000-8000-000000000000"])
    assert signed_in(town.region_admin).get(missing).status_code == 404


def test_a_running_job_shows_on_the_page(town: Town, dead: str) -> None:
    enqueue("print")
    claim("worker-1")
    assert "worker-1" in text_of(signed_in(town.region_admin), reverse("operations"))


def test_the_chain_is_checked_on_request(town: Town) -> None:
    client = signed_in(town.auditor)
    client.post(reverse("operations-verify"))
    run_ready()
    assert Verification.objects.get().fault == ""
    page = text_of(client, reverse("operations"))
    assert "sound" in page


def record_some(town: Town, at: datetime) -> None:
    with act():
        record(
            "case.closed", Subject("case", "17"), by=town.township_clerk, at=at, label="垃圾堆", note="已清理",
            before={"state": "verified", "grade": 1}, after={"state": "closed", "closed_by": "郑办事"},
            division_path=town.township.path, unit_path=town.township_government.path,
        )  # fmt: skip
        record("case.closed", Subject("case", "18"), by=SYSTEM, at=at + timedelta(days=2), label="far case",
               division_path=town.far_township.path)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"17", "18"}),
        ("actor=郑办事", {"17"}),
        ("actor=system", {"18"}),
        ("verb=case.closed", {"17", "18"}),
        ("verb=case.*", {"17", "18"}),
        ("verb=case.opened", set()),
        ("subject=case:18", {"18"}),
        ("subject=nonsense", {"17", "18"}),
        ("since=2026-09-17", {"18"}),
        ("until=2026-09-16", {"17"}),
        ("since=2026-09-16&until=2026-09-18", {"17", "18"}),
    ],
)
def test_the_journal_is_filtered(town: Town, at: datetime, query: str, found: set[str]) -> None:
    record_some(town, at)
    page = text_of(signed_in(town.auditor), f"{reverse('journal:list')}?{query}")
    assert {number for number in ("17", "18") if f">case:{number}<" in page.replace("\n", "")} == found


def test_an_auditor_of_a_county_sees_only_its_facts(town: Town, at: datetime) -> None:
    record_some(town, at)
    posting = town.auditor.postings.get()
    posting.unit = town.county_government
    posting.save()
    client = signed_in(Person.objects.get(pk=town.auditor.pk))
    page = text_of(client, reverse("journal:list"))
    assert "case:17" in page
    assert "case:18" not in page
    far = Fact.objects.get(subject_id="18")
    assert client.get(reverse("journal:fact", args=[far.id])).status_code == 404


def test_a_fact_shows_what_it_changed(town: Town, at: datetime) -> None:
    record_some(town, at)
    found = Fact.objects.get(subject_id="17")
    page = text_of(signed_in(town.auditor), reverse("journal:fact", args=[found.id]))
    assert "<del>verified</del>" in page
    assert "<ins>closed</ins>" in page
    assert "the hash fits the content" in page
    assert found.hash in page


def test_changes_say_what_was_added_removed_kept() -> None:
    kinds = {c.field: c.kind for c in changes({"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5})}
    assert kinds == {"a": "removed", "b": "kept", "c": "changed", "d": "added"}


def test_an_export_is_itself_recorded(town: Town, at: datetime) -> None:
    record_some(town, at)
    response = signed_in(town.auditor).get(f"{reverse('journal:list')}?verb=case.closed&export=xlsx")
    assert response["Content-Disposition"].endswith('journal.xlsx"')
    assert Fact.objects.get(verb="journal.exported").after_values == {"verb": "case.closed"}


def api(person: Person, url: str) -> dict:  # type: ignore[type-arg]
    response = signed_in(person).get(f"/api/v1{url}")
    assert response.status_code == 200, response.content
    return response.json()


def test_the_api_pages_through_the_facts_in_sight(town: Town, at: datetime) -> None:
    record_some(town, at)
    first = api(town.auditor, "/journal/facts?limit=1&verb=case.*")
    second = api(town.auditor, f"/journal/facts?limit=1&verb=case.*&cursor={first['next']}")
    assert [page["items"][0]["subject_id"] for page in (first, second)] == ["18", "17"]
    assert second["next"] is None
    one = api(town.auditor, f"/journal/facts/{second['items'][0]['id']}")
    assert one["after"] == {"state": "closed", "closed_by": "郑办事"}


def test_the_api_tells_the_story_of_a_subject_and_the_state_of_the_chain(town: Town, at: datetime) -> None:
    record_some(town, at)
    assert [f["note"] for f in api(town.auditor, "/journal/subjects/case/17")["items"]] == ["已清理"]
    chain = api(town.auditor, "/journal/chain")
    assert chain["seq"] == Fact.objects.count()
    assert chain["verified_at"] is None
    missing = "/api/v1/journal/facts/00000000-0000-4000-8000-000000000000"
    assert signed_in(town.auditor).get(missing).status_code == 404


def test_the_api_shows_the_queue_and_repeats_dead_jobs(town: Town, dead: str) -> None:
    assert api(town.auditor, "/jobs")["dead"] == 1
    assert api(town.auditor, "/jobs/dead")[0]["id"] == dead
    assert api(town.auditor, f"/jobs/{dead}")["error"] == "ValueError: the printer is out of paper"
    client = signed_in(town.region_admin)
    statuses = [
        client.post(f"/api/v1/jobs/{dead}/{deed}").status_code
        for deed in ("retry", "retry", "stop", "discard")
    ]
    assert statuses == [200, 409, 202, 204]
    statuses = [
        client.post(f"/api/v1/jobs/{dead}/{deed}").status_code for deed in ("retry", "stop", "discard")
    ]
    assert statuses == [404, 404, 404]
    assert signed_in(town.auditor).post(f"/api/v1/jobs/{dead}/retry").status_code == 403


def test_space_and_store_are_measured(db: None) -> None:
    assert queries.space().total > queries.space().free > 0
    assert queries.store().kind in {"SQLite", "PostgreSQL"}
    assert queries.Space(100, 5).is_short
