"""Fixtures that all tests share: an instant, a small region, and the same five people everywhere.

Access is tested by name: the county leader, the township clerk, the department officer, the villager, the outsider.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from hypothesis import HealthCheck, settings

from tongqu.shared.duties.queries import forget_rules
from tongqu.shared.region.models import Division, Person, Posting, Region, Unit
from tongqu.shared.region.rules import Level, Role, UnitKind, division_path
from tongqu.shared.ui.translations import compile_all

# A busy machine is no reason to fail a property.
settings.register_profile("tongqu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tongqu")

PASSWORD = "walnut-lantern-42"


def shared_data(*parts: str) -> Path:
    """Return a path below the real data, or skip the test with a plain message."""
    beside = Path(__file__).resolve().parent.parent / "shared" / "data"
    path = Path(os.environ.get("TONGQU_SHARED_DATA", str(beside))).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data is absent: {path} (set TONGQU_SHARED_DATA)")
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the edges and what never asks the database: both ran on another already",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first, and keep of them what the command line asks for."""
    # Files are given to the workers in this order; a long one at the end would leave the other worker idle.
    items.sort(key=lambda item: (item.get_closest_marker("kill") is None, item.path.parts[-3] != "tests"))
    if not config.getoption("--database-only"):
        return
    keep = [item for item in items if _uses_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(keep)])
    items[:] = keep


EDGES = (
    "test_pages.py", "test_*_pages.py", "test_contents.py", "test_api_frame.py", "test_contract.py", "test_open311*.py",
    "test_bad_input.py", "test_folder_problems.py", "test_signing_in.py", "test_shell.py", "test_cockpit.py",
    "test_viewer.py", "test_commands.py", "security/test_permissions.py", "demo/tests/*.py",
)  # fmt: skip
"""Tests of pages, forms, commands, rights of roles, and the demo: what they show does not depend on the database."""


def _uses_the_database(item: pytest.Item) -> bool:
    """Answer whether a test asks for a database, or starts processes that are given this one.

    Edges are left out: the actions and queries below them are tested here.
    """
    if any(item.path.match(name) for name in EDGES):
        return False
    asked = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None or "reliability" in item.path.parts


UNTRACED = ("tests/security/*.py", "tests/reliability/*.py", "demo/tests/*.py", "cases/tests/test_any_*.py")
"""Tests of the whole, or by chance: tracing makes them half as slow again, and each line needs a test of its own near it."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage by the tests beside the code alone, their fixtures included."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    if controller is None or not any(item.path.match(name) for name in UNTRACED):
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_the_guard() -> Iterator[None]:
    """For tests only: let the flush after a transactional test (`transactional_db`, `live_server`) empty the journal.

    The database refuses that, as it must; so each flush takes the guard off, empties the tables, and puts guard
    and chain head back, all in one transaction.
    """
    guard = import_module("tongqu.shared.journal.migrations.0002_guard")
    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded(self: BaseDatabaseOperations, sql_list: Any) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            is_sqlite = self.connection.vendor == "sqlite"
            lift = [f"DROP TRIGGER {name}" for name in guard.SQLITE] if is_sqlite else guard.POSTGRESQL_LIFT
            for sql in lift:
                cursor.execute(sql)
            flush(self, sql_list)
            cursor.execute(f"INSERT INTO journal_chainhead (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
            for sql in guard.SQLITE.values() if is_sqlite else guard.POSTGRESQL:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", unguarded)
        yield


@pytest.fixture
def committed_db(transactional_db: None) -> None:
    """A database in which acts really commit (threads, several connections); emptied after the test.

    Slower than `db`. The journal's guard stands during the test and is lifted only for the emptying.
    """


@pytest.fixture(autouse=True)
def _no_rules_of_another_test() -> None:
    """Have duties read the calendar and the rules of this test's own region."""
    forget_rules()


@pytest.fixture(autouse=True)
def _nothing_kept_of_another_test() -> None:
    """Forget what pages keep between calls: after a rollback the same numbers mean other rows."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    """Compile the catalogues that changed, as the set-up does."""
    compile_all()


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> Iterator[None]:
    """Put the language back: a page in another one leaves it active in the thread."""
    yield
    translation.deactivate()


@pytest.fixture
def at() -> datetime:
    """A Wednesday morning in working time (10:00 in Shanghai)."""
    return datetime(2026, 9, 16, 2, 0, tzinfo=UTC)


def make_division(
    code: str, level: Level, name: str, parent: Division | None, box: tuple[float, ...]
) -> Division:
    """A division whose outline is a box: west, south, east, north in degrees."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Division.objects.create(
        code=code,
        path=division_path(code, level),
        level=level,
        name_zh_hans=name,
        parent=parent,
        centre_lon=(west + east) / 2,
        centre_lat=(south + north) / 2,
        outline={"type": "Polygon", "coordinates": [ring]},
        outline_quality="simplified",
    )


def make_unit(code: str, kind: UnitKind, name: str, division: Division, parent: Unit | None = None) -> Unit:
    return Unit.objects.create(
        code=code,
        kind=kind,
        name_zh_hans=name,
        division=division,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
    )


def make_person(username: str, name: str, *postings: tuple[Unit, Role]) -> Person:
    person = Person.objects.create_user(username, PASSWORD, name=name)
    for unit, role in postings:
        Posting.objects.create(person=person, unit=unit, role=role)
    return person


@dataclass
class Town:
    """A prefecture with two counties, two townships each in the first and one in the second; units and people."""

    region: Region
    prefecture: Division
    county: Division
    other_county: Division
    township: Division
    other_township: Division
    far_township: Division
    city_desk: Unit
    county_government: Unit
    township_government: Unit
    other_township_government: Unit
    city_department: Unit
    county_department: Unit
    other_county_department: Unit
    desk_officer: Person
    county_leader: Person
    township_clerk: Person
    department_officer: Person
    department_head: Person
    inspector: Person
    auditor: Person
    region_admin: Person
    villager: Person
    outsider: Person
    """Posted to a department of the other county."""


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def build_town() -> Town:
    """Write the town to the database (the browser tests write it to the database of a server)."""
    root = make_division("330800", Level.PREFECTURE, "衢州市", None, (118.0, 28.0, 119.4, 29.6))
    county = make_division("330803", Level.COUNTY, "衢江区", root, (118.0, 28.0, 118.7, 29.6))
    other = make_division("330825", Level.COUNTY, "龙游县", root, (118.7, 28.0, 119.4, 29.6))
    township = make_division("330803102", Level.TOWNSHIP, "莲花镇", county, (118.0, 28.0, 118.7, 28.8))
    second = make_division("330803103", Level.TOWNSHIP, "杜泽镇", county, (118.0, 28.8, 118.7, 29.6))
    far = make_division("330825105", Level.TOWNSHIP, "溪口镇", other, (118.7, 28.0, 119.4, 29.6))
    desk = make_unit("desk", UnitKind.TERRITORY, "市社会治理中心", root)
    county_gov = make_unit("qujiang", UnitKind.TERRITORY, "衢江区政府", county, desk)
    town_gov = make_unit("lianhua", UnitKind.TERRITORY, "莲花镇政府", township, county_gov)
    second_gov = make_unit("duze", UnitKind.TERRITORY, "杜泽镇政府", second, county_gov)
    city_dept = make_unit("zhzf", UnitKind.LINE, "市综合执法局", root, desk)
    dept = make_unit("zhzf-qujiang", UnitKind.LINE, "衢江区综合执法局", county, city_dept)
    far_dept = make_unit("zhzf-longyou", UnitKind.LINE, "龙游县综合执法局", other, city_dept)
    return Town(
        region=Region.objects.create(root=root),
        prefecture=root,
        county=county,
        other_county=other,
        township=township,
        other_township=second,
        far_township=far,
        city_desk=desk,
        county_government=county_gov,
        township_government=town_gov,
        other_township_government=second_gov,
        city_department=city_dept,
        county_department=dept,
        other_county_department=far_dept,
        desk_officer=make_person("desk", "周值班", (desk, Role.DUTY_DESK)),
        county_leader=make_person("leader", "吴区长", (county_gov, Role.UNIT_HEAD)),
        township_clerk=make_person("clerk", "郑办事", (town_gov, Role.HANDLER)),
        department_officer=make_person("officer", "王执法", (dept, Role.HANDLER)),
        department_head=make_person("head", "冯局长", (dept, Role.UNIT_HEAD)),
        inspector=make_person("inspector", "陈核查", (desk, Role.INSPECTOR)),
        auditor=make_person("auditor", "褚审计", (desk, Role.AUDITOR)),
        region_admin=make_person("admin", "卫管理", (desk, Role.REGION_ADMIN)),
        villager=make_person("villager", "蒋村民"),
        outsider=make_person("outsider", "沈外县", (far_dept, Role.HANDLER)),
    )
