"""The page shell: navigation by right, theme, language, the page of components, and pages of errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from conftest import Town
from tongqu.shared.region.models import Person
from tongqu.site.navigation import GROUPS, MOST_ON_BADGE, shell

BACKEND = "django.contrib.auth.backends.ModelBackend"


def asked(person: Person | None, path: str = "/", **cookies: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = person  # type: ignore[assignment]
    request.COOKIES |= cookies
    return request


def labels(person: Person) -> set[str]:
    found: dict[str, Any] = shell(asked(person))["shell"]
    return {link.url for group in found["groups"] for link in group.entries}


def test_every_entry_leads_to_a_page_of_the_site() -> None:
    assert all(reverse(entry.route) for group in GROUPS for entry in group.entries)


def test_people_see_only_the_entries_that_they_may_open(client: Client, town: Town) -> None:
    for person in (town.villager, town.township_clerk, town.desk_officer, town.auditor, town.region_admin):
        client.force_login(person, backend=BACKEND)
        for url in labels(person):
            assert client.get(url).status_code == 200, f"{person} may not open {url}"


def test_the_navigation_differs_by_role(town: Town) -> None:
    assert reverse("access:people") in labels(town.region_admin)
    assert reverse("access:people") not in labels(town.township_clerk)
    assert reverse("admin:index") not in labels(town.region_admin), "the admin pages also ask for staff"


def test_only_the_closest_entry_is_marked_as_the_present_place(town: Town) -> None:
    found: dict[str, Any] = shell(asked(town.desk_officer, reverse("duties:league")))["shell"]
    here = [link.url for group in found["groups"] for link in group.entries if link.is_here]
    assert here == [reverse("duties:league")]


def test_the_bar_of_the_phone_has_at_most_four_entries(town: Town) -> None:
    found: dict[str, Any] = shell(asked(town.desk_officer))["shell"]
    assert 0 < len(found["quick"]) <= 4


def test_the_badge_counts_unread_notices_and_stops_at_its_limit(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.site.navigation.unread_notices", lambda _person: 3)
    assert shell(asked(town.desk_officer))["shell"]["bell"]["count_text"] == "3"
    monkeypatch.setattr("tongqu.site.navigation.unread_notices", lambda _person: MOST_ON_BADGE + 1)
    assert shell(asked(town.desk_officer))["shell"]["bell"]["count_text"] == f"{MOST_ON_BADGE}+"


def test_an_unknown_theme_falls_back_to_the_device(town: Town) -> None:
    assert shell(asked(town.desk_officer, theme="dark"))["shell"]["theme"] == "dark"
    assert shell(asked(town.desk_officer, theme="<script>"))["shell"]["theme"] == "auto"


def test_a_fragment_that_shows_no_shell_asks_nothing_of_the_database(
    town: Town, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        shell(asked(town.desk_officer))


def test_the_theme_is_kept_in_a_cookie_and_leads_back(client: Client, town: Town) -> None:
    response = client.post("/preferences/theme/", {"theme": "dark", "next": "/cases/?group=new"})
    assert response["Location"] == "/cases/?group=new"
    assert response.cookies["theme"].value == "dark"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
def test_the_theme_never_leads_elsewhere(client: Client, db: None, target: str) -> None:
    response = client.post("/preferences/theme/", {"theme": "neon", "next": target})
    assert response["Location"] == "/"
    assert "theme" not in response.cookies


def test_the_page_of_components_shows_them_all_to_whoever_is_signed_in(client: Client, town: Town) -> None:
    client.force_login(town.villager, backend=BACKEND)
    page = client.get("/ui/", {"sort": "-number"}).content.decode()
    assert page.count("data-map=") == 2
    assert page.count("data-chart=") == 3
    assert "260916-000240" in page
    assert client.get("/ui/", {"export": "xlsx"})["Content-Type"].endswith("sheet")


def test_the_bar_says_when_it_is_full(client: Client, town: Town, settings: Any, at: Any) -> None:
    client.force_login(town.villager, backend=BACKEND)
    settings.CLOCK_AT, settings.CLOCK_SPEED = at.replace(second=9), 0.0
    assert client.get("/ui/progress/").status_code == 286
    settings.CLOCK_AT = at.replace(second=3)
    response = client.get("/ui/progress/")
    assert response.status_code == 200
    assert "33" in response.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_need_no_database_and_say_what_to_do(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "通衢" in page
    assert 'href="/"' in page


def test_a_missing_page_answers_404_with_the_page(client: Client, db: None) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()
