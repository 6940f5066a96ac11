"""The list of matters: what comes with the system, and what an import does with good and bad rows."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from typer.testing import CliRunner

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.matters import STANDARD_LIST, change_matter, import_matters
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.catalogue import COLUMNS
from tongqu.systems.cases.rules.kinds import Track

pytestmark = pytest.mark.django_db
ROWS = list(csv.DictReader(STANDARD_LIST.read_text(encoding="utf-8").splitlines()))


def written(folder: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    file = folder / "mine.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        table = csv.DictWriter(target, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return file


def test_the_standard_list_is_whole(at: datetime) -> None:
    report = import_matters(by=SYSTEM, at=at)
    assert (report.new, report.changed, report.problems) == (90, 0, ())
    assert {Track(track) for track in Matter.objects.values_list("track", flat=True)} == set(Track)
    assert Matter.objects.filter(seen_by_drone=True).count() > 40
    for matter in Matter.objects.all():
        assert matter.name_zh_hans
        assert matter.name_zh_hant
        assert matter.name_en
        assert matter.department
    assert Fact.objects.filter(verb="matter.added").count() == 90


def test_a_second_import_changes_nothing(at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    report = import_matters(by=SYSTEM, at=at)
    assert (report.new, report.changed, report.same) == (0, 0, 90)
    assert Fact.objects.count() == 90


def test_a_changed_row_is_changed_and_told(tmp_path: Path, at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    file = written(tmp_path, [{**ROWS[0], "handle_allowance": "9wd"}])
    assert import_matters(file, by=SYSTEM, at=at).changed == 1
    fact = Fact.objects.get(verb="matter.changed")
    assert (fact.before_values, fact.after_values) == (
        {"handle_allowance": "4wh"},
        {"handle_allowance": "9wd"},
    )


def test_a_matter_is_changed_by_an_act(at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    matter = Matter.objects.get(code="EENV01")
    change_matter(matter, by=SYSTEM, at=at, is_active=False, handle_allowance=matter.handle_allowance)
    change_matter(matter, by=SYSTEM, at=at, is_active=False)
    fact = Fact.objects.get(verb="matter.changed")
    assert (fact.before_values, fact.after_values) == ({"is_active": True}, {"is_active": False})
    with pytest.raises(ValidationError):
        change_matter(matter, by=SYSTEM, at=at, handle_allowance="soon")


def test_the_admin_page_changes_a_matter_through_the_act(town: Town, at: datetime) -> None:
    import_matters(by=SYSTEM, at=at)
    town.region_admin.is_staff = town.region_admin.is_superuser = True
    town.region_admin.save()
    client = Client()
    client.force_login(town.region_admin, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/admin/cases/matter/{Matter.objects.get(code='EENV01').pk}/change/"
    form = client.get(address).context["adminform"].form
    sent = {field.name: field.value() for field in form if field.value() not in (None, False)}
    assert client.post(address, {**sent, "handle_allowance": "9wd"}).status_code == 302
    assert Matter.objects.get(code="EENV01").handle_allowance == "9wd"
    assert Fact.objects.get(verb="matter.changed").actor_ref == town.region_admin.actor_ref


def test_a_dry_run_keeps_nothing(at: datetime) -> None:
    assert import_matters(by=SYSTEM, at=at, dry_run=True).new == 90
    assert not Matter.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"handle_allowance": "soon"}, "handle_allowance"),
        ({"grade": "terrible"}, "grade"),
        ({"track": ""}, "track"),
        ({"verify_by": "magic"}, "verify_by"),
        ({"verify_radius_m": "near"}, "verify_radius_m"),
        ({"name_zh_hans": ""}, "name_zh_hans"),
        ({"code": ""}, "code"),
        ({"code": "X" * 30}, "code"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_are_kept(
    change: dict[str, str], field: str, tmp_path: Path, at: datetime
) -> None:
    report = import_matters(written(tmp_path, [{**ROWS[0], **change}, ROWS[1]]), by=SYSTEM, at=at)
    assert [(problem.row, problem.field) for problem in report.problems] == [(2, field)]
    assert [matter.code for matter in Matter.objects.all()] == [ROWS[1]["code"]]


def test_a_code_that_stands_twice_is_named(tmp_path: Path, at: datetime) -> None:
    report = import_matters(written(tmp_path, [ROWS[0], ROWS[0]]), by=SYSTEM, at=at)
    assert [problem.code for problem in report.problems] == ["twice"]


def test_a_file_that_is_no_list_is_refused(tmp_path: Path, at: datetime) -> None:
    with pytest.raises(BadInput) as refusal:
        import_matters(written(tmp_path, [ROWS[0]], COLUMNS[:3]), by=SYSTEM, at=at)
    assert refusal.value.problems[0].code == "missing-columns"
    binary = tmp_path / "photo.csv"
    binary.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(BadInput):
        import_matters(binary, by=SYSTEM, at=at)


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["matters", "import"])
    assert (done.exit_code, "90 new" in done.output) == (0, True)
    bad = CliRunner().invoke(app, ["matters", "import", str(written(tmp_path, [{**ROWS[0], "grade": "x"}]))])
    assert (bad.exit_code, "row 2" in bad.output) == (1, True)
    missing = CliRunner().invoke(app, ["matters", "import", str(tmp_path / "none.csv")])
    assert missing.exit_code == 1
