"""What importing a folder writes, and that it may be repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from conftest import Town
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.actions.importing import import_region
from tongqu.shared.region.models import CalendarDay, Division, Person, Posting, Region, Unit
from tongqu.shared.region.queries import export_region, locate, the_region, work_calendar
from tongqu.shared.region.tests.specs import SOUND, changed, collection, feature, with_line
from tongqu.shared.region.tests.test_folder_problems import counts


@pytest.fixture
def region(db: None, at: datetime) -> Region:
    import_region(SOUND, by=SYSTEM, at=at)
    return Region.objects.get()


def test_the_first_import_sets_the_region_up(region: Region, at: datetime) -> None:
    assert region.root.code == "330800"
    assert Division.objects.get(code="330803103").parent == Division.objects.get(code="330803")
    assert Unit.objects.get(code="qujiang").path == "desk/qujiang/"
    assert Posting.objects.get(person__username="leader").unit.code == "qujiang"
    assert not Person.objects.get(username="desk").has_usable_password()
    assert not work_calendar().is_working_day(date(2026, 10, 1))
    assert work_calendar().is_working_day(date(2026, 10, 10))


def test_townships_without_outlines_share_their_county_out(region: Region) -> None:
    assert [division.code for division in locate(118.3, 28.3)] == ["330800", "330803", "330803103"]
    township = Division.objects.get(code="330803103")
    assert township.outline_quality == "derived"
    assert township.is_approximate
    together = sum(d.area_km2 or 0 for d in Division.objects.filter(level="township"))
    assert together == pytest.approx(Division.objects.get(code="330803").area_km2, rel=1e-4)


def test_an_import_stands_in_the_journal_with_the_hash_of_each_file(region: Region) -> None:
    fact = Fact.objects.get(verb="region.imported")
    assert fact.after_values["divisions.csv"]["added"] == 4
    assert len(fact.after_values["units.csv"]["sha256"]) == 64
    assert set(Fact.objects.values_list("verb", flat=True)) == {
        "region.imported", "unit.made", "person.created", "person.posted",
    }  # fmt: skip


def test_importing_again_changes_nothing_and_records_nothing(region: Region, at: datetime) -> None:
    before = counts()
    report = import_region(SOUND, by=SYSTEM, at=at)
    assert not report.has_changed
    assert counts() == before


def test_a_dry_run_reports_and_writes_nothing(db: None, at: datetime) -> None:
    before = counts()
    report = import_region(SOUND, by=SYSTEM, at=at, dry_run=True)
    assert report.dry_run
    assert report.counts["divisions.csv"].added == 4
    assert counts() == before


def test_changed_names_are_written_over(region: Region, at: datetime) -> None:
    folder = {
        "divisions.csv": changed("divisions.csv", "Lianhua Town", "Lotus Town")["divisions.csv"],
        "units.csv": changed("units.csv", "统筹", "统筹与督办")["units.csv"],
        "people.csv": changed("people.csv", "吴区长", "吴书记")["people.csv"],
        "calendar.csv": changed("calendar.csv", "1,国庆节调休上班", "0,国庆节")["calendar.csv"],
    }
    report = import_region(folder, by=SYSTEM, at=at)
    assert {name: count.changed for name, count in report.counts.items()} == dict.fromkeys(folder, 1)
    assert Division.objects.get(code="330803103").name_en == "Lotus Town"
    assert Unit.objects.get(code="qujiang").answers_for == "统筹与督办"
    assert Person.objects.get(username="leader").name == "吴书记"
    assert not CalendarDay.objects.get(on=date(2026, 10, 10)).is_working


def test_columns_that_are_left_out_keep_their_values(region: Region, at: datetime) -> None:
    folder = {"divisions.csv": "code,level,name_zh_hans\n330803103,township,莲花镇\n".encode()}
    assert not import_region(folder, by=SYSTEM, at=at).has_changed
    assert Division.objects.get(code="330803103").name_en == "Lianhua Town"


def test_a_unit_moves_with_everything_below_it(region: Region, at: datetime) -> None:
    more = "zhzf,line,desk,330800,市执法局,\nzhzf-qujiang,line,qujiang,330803,区执法局,\n"
    import_region(with_line("units.csv", more), by=SYSTEM, at=at)
    report = import_region(
        {
            "units.csv": "code,kind,parent,division,name_zh_hans\nqujiang,territory,zhzf,330803,衢江区政府\n".encode()
        },
        by=SYSTEM,
        at=at,
    )
    assert report.counts["units.csv"].changed == 1
    assert Unit.objects.get(code="zhzf-qujiang").path == "desk/zhzf/qujiang/zhzf-qujiang/"
    assert Fact.objects.filter(verb="unit.moved", subject_id="qujiang").exists()


def test_an_outline_that_is_given_replaces_the_derived_one(region: Region, at: datetime) -> None:
    ring = [[118.0, 28.0], [118.1, 28.0], [118.1, 28.1], [118.0, 28.1], [118.0, 28.0]]
    report = import_region(
        {"outlines.geojson": collection(feature("330803103", [ring], quality="surveyed"))}, by=SYSTEM, at=at
    )
    assert report.counts["outlines.geojson"].added == 0
    assert report.counts["outlines.geojson"].changed == 1
    assert locate(118.3, 28.3)[-1].code == "330803115"
    assert not Division.objects.get(code="330803103").is_approximate


def test_an_outline_in_gcj02_is_converted(region: Region, at: datetime) -> None:
    ring = [[118.0, 28.0], [118.1, 28.0], [118.1, 28.1], [118.0, 28.1], [118.0, 28.0]]
    given = collection(feature("330803103", [ring]), coordinate_system="GCJ-02")
    import_region({"outlines.geojson": given}, by=SYSTEM, at=at)
    west = min(corner[0] for corner in Division.objects.get(code="330803103").outline["coordinates"][0])
    assert 0.002 < 118.0 - west < 0.01


def test_a_posting_ends_on_the_day_that_the_folder_names(region: Region, at: datetime) -> None:
    ended = "username,unit,role,until_on\nleader,qujiang,unit_head,2026-06-30\ndesk,desk,handler,2026-06-30\n"
    report = import_region({"postings.csv": ended.encode()}, by=SYSTEM, at=at)
    assert (report.counts["postings.csv"].changed, report.counts["postings.csv"].same) == (1, 1)
    assert Posting.objects.get(person__username="leader").until_on == date(2026, 6, 30)


def test_the_last_administrator_stays(region: Region, at: datetime) -> None:
    import_region(with_line("postings.csv", "desk,desk,region_admin,2026-01-01"), by=SYSTEM, at=at)
    ended = "username,unit,role,until_on\ndesk,desk,region_admin,2026-06-30\n"
    report = import_region({"postings.csv": ended.encode()}, by=SYSTEM, at=at)
    assert [problem.code for problem in report.problems] == ["last-admin"]


def test_settings_are_taken_over(region: Region, at: datetime) -> None:
    settings = b'time_zone,work_spans,is_invented\nAsia/Urumqi,"10:00-14:00,15:30-19:30",1\n'
    assert import_region({"region.csv": settings}, by=SYSTEM, at=at).has_changed
    found = the_region()
    assert (found.time_zone, found.is_invented) == ("Asia/Urumqi", True)
    assert work_calendar().day_length == timedelta(hours=8)


def test_hours_alone_leave_the_rest(region: Region, at: datetime) -> None:
    import_region({"region.csv": b"work_spans\n09:00-17:00\n"}, by=SYSTEM, at=at)
    assert (the_region().work_spans, the_region().time_zone) == ("09:00-17:00", "Asia/Shanghai")


def test_what_is_exported_can_be_imported_elsewhere(region: Region, at: datetime) -> None:
    folder = export_region()
    for model in (Posting, CalendarDay, Region, Person):
        model.objects.all().delete()
    Unit.objects.order_by("-path").update(parent=None)
    Unit.objects.all().delete()
    Division.objects.update(parent=None)
    Division.objects.all().delete()
    report = import_region(folder, by=SYSTEM, at=at)
    assert report.problems == []
    assert report.counts["divisions.csv"].added == 4
    assert export_region() == folder


def test_a_folder_on_the_disk_is_read(db: None, at: datetime, tmp_path: Path) -> None:
    for name, data in SOUND.items():
        (tmp_path / name).write_bytes(data)
    assert import_region(tmp_path, by=SYSTEM, at=at).has_changed


@pytest.mark.parametrize("who", ["desk_officer", "county_leader", "auditor", "villager", "outsider"])
def test_only_an_administrator_of_the_region_imports(town: Town, at: datetime, who: str) -> None:
    before = counts()
    with pytest.raises(NotAllowed):
        import_region(SOUND, by=getattr(town, who), at=at)
    assert counts() == before


def test_the_administrator_of_a_county_does_not_import(town: Town, at: datetime) -> None:
    Posting.objects.create(person=town.county_leader, unit=town.county_government, role="region_admin")
    with pytest.raises(NotAllowed):
        import_region(SOUND, by=town.county_leader, at=at)


def test_an_administrator_of_the_region_imports(town: Town, at: datetime) -> None:
    holidays = {"calendar.csv": SOUND["calendar.csv"]}
    assert import_region(holidays, by=town.region_admin, at=at).counts["calendar.csv"].added == 2


def test_a_report_without_rows_has_changed_nothing(region: Region, at: datetime) -> None:
    report = import_region({"calendar.csv": b"on,is_working\n"}, by=SYSTEM, at=at)
    assert not replace(report).has_changed
