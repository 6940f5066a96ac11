"""Readings of sensors by the signed webhook: one case for an alarm, however the readings come."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.moves import reject
from tongqu.systems.cases.actions.sensor_list import COLUMNS, import_sensors
from tongqu.systems.cases.actions.sensors import Sent, Taken, forget_readings, take_readings
from tongqu.systems.cases.commands import app
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.sensors import Sensor, SensorAlarm, SensorGateway, SensorReading
from tongqu.systems.cases.queries.sensors import secret_of
from tongqu.systems.cases.rules.sensors import signature
from tongqu.systems.cases.tests.factories import RESIDENT, matter
from tongqu.systems.cases.tests.test_pages import signed_in, text

LEVEL = {
    "code": "SW-017", "name": "莲花溪水位", "kind": "水位", "gateway": "GW-1", "matter": "EENV01", "unit": "m",
    "side": "above", "threshold": "4", "hysteresis": "0.2", "hold_s": "60", "division": "330803102",
}  # fmt: skip


def listed(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "sensors.csv"
    lines = [",".join(COLUMNS), *(",".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    return file


@pytest.fixture
def gateway(town: Town, at: datetime, tmp_path: Path) -> SensorGateway:
    matter()
    report = import_sensors(listed(tmp_path, LEVEL), by=RESIDENT, at=at)
    assert (report.new, report.problems) == (1, ())
    return SensorGateway.objects.get()


def sent(at: datetime, *readings: tuple[float, float], unit: str = "m") -> list[Sent]:
    """Readings (minute, value), each with its minute as id."""
    return [
        Sent(n, "SW-017", at + timedelta(minutes=m), v, unit, f"{m}") for n, (m, v) in enumerate(readings)
    ]


def take(gateway: SensorGateway, at: datetime, *readings: tuple[float, float], later: float = 60) -> Taken:
    return take_readings(gateway, sent(at, *readings), at=at + timedelta(minutes=later))


def test_an_alarm_is_one_case_to_which_what_follows_is_put(
    gateway: SensorGateway, town: Town, at: datetime
) -> None:
    first = take(gateway, at, (0, 3), (1, 4.1), (2, 4.3), (3, 4.5))
    case = Case.objects.get()
    assert (first.new, first.opened) == (4, [case.number])
    assert (case.source, case.division, case.matter) == ("sensor", town.township, matter())
    assert "4.3 m" in case.title
    again = take(gateway, at, (3, 4.5), (4, 4.2), (5, 3.9), (6, 3.8), (7, 4.6), (9, 4.7))
    assert (again.new, again.known, again.opened) == (5, 1, [])
    alarm = SensorAlarm.objects.get()
    assert (alarm.reading_count, alarm.times, alarm.worst_value, alarm.last_value) == (4, 2, 4.7, 4.7)
    verbs = list(
        Fact.objects.filter(subject_id=str(case.pk), subject_kind="case").values_list("verb", flat=True)
    )
    assert verbs == ["case.reported", "case.sensor_returned", "case.sensor_again"]
    take(gateway, at, (10, 3))
    reject(case, reason="已泄洪", by=town.desk_officer, at=at + timedelta(minutes=11))
    assert take(gateway, at, (12, 5), (13, 5)).opened == [Case.objects.latest("pk").number]
    assert Case.objects.count() == 2


def test_a_value_that_never_returned_opens_another_case_a_day_after_the_first_was_ended(
    gateway: SensorGateway, town: Town, at: datetime
) -> None:
    take(gateway, at, (0, 5), (1, 5))
    reject(Case.objects.get(), reason="误报", by=town.desk_officer, at=at + timedelta(minutes=2))
    day = 24 * 60
    assert take(gateway, at, (day, 5), later=day).opened == []
    assert len(take(gateway, at, (day + 5, 6), later=day + 5).opened) == 1
    assert SensorAlarm.objects.filter(returned_at=None).count() == 1


def test_late_readings_count_break_and_lengthen_runs(gateway: SensorGateway, at: datetime) -> None:
    assert take(gateway, at, (10, 5)).opened == []
    assert len(take(gateway, at, (8, 5)).opened) == 1  # It was beyond for two minutes.
    alarm = SensorAlarm.objects.get()
    assert alarm.began_at == at + timedelta(minutes=8)
    late = take(gateway, at, (9, 7), (7, 9), (9.5, 1))
    assert (late.late, late.new) == (3, 3)
    alarm.refresh_from_db()
    assert (alarm.worst_value, alarm.last_value, alarm.reading_count) == (7, 5, 2)
    take(gateway, at, (11, 1))
    take(gateway, at, (20, 5))
    assert take(gateway, at, (19, 1), (20.5, 5)).opened == []
    sensor = Sensor.objects.get()
    assert sensor.beyond_since == at + timedelta(minutes=20)


def test_bad_readings_are_named_and_the_good_ones_count(
    gateway: SensorGateway, town: Town, at: datetime
) -> None:
    good = Sent(0, "SW-017", at, 310, "cm", "a")
    bad = [
        Sent(1, "SW-018", at, 1, "m", "b"),
        Sent(2, "SW-017", at, 1, "°C", "c"),
        Sent(3, "SW-017", at, float("inf"), "m", "d"),
        Sent(4, "SW-017", at + timedelta(minutes=6), 1, "m", "e"),
        Sent(5, "SW-017", at - timedelta(days=8), 1, "m", "f"),
    ]
    taken = take_readings(gateway, [good, *bad], at=at)
    assert [(p.field, p.code) for p in taken.problems] == [
        ("body.readings.1.sensor", "unknown-sensor"),
        ("body.readings.2.unit", "wrong-unit"),
        ("body.readings.3.value", "no-number"),
        ("body.readings.4.at", "in-the-future"),
        ("body.readings.5.at", "too-old"),
    ]
    assert (taken.new, Sensor.objects.get().last_value) == (1, 3.1)
    matter(is_active=False)
    refused = take(gateway, at, (1, 5), (2, 5))
    assert ([p.code for p in refused.problems], SensorReading.objects.count()) == (["refused"], 1)
    assert forget_readings(at + timedelta(days=15)) == 1


def call(gateway: SensorGateway, at: datetime, body: Any, **changes: str) -> Any:
    raw = json.dumps(body).encode()
    stamp = changes.get("stamp", str(int(at.timestamp())))
    signed = changes.get("signed") or "sha256=" + signature(secret_of(gateway), stamp, raw)
    return Client().post(
        f"/api/v1/cases/sensors/{gateway.key}", raw, "application/json",
        headers={"X-Tongqu-Timestamp": stamp, "X-Tongqu-Signature": signed},
    )  # fmt: skip


def test_the_webhook_takes_what_is_signed_and_names_the_field_that_is_wrong(
    gateway: SensorGateway, town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongqu.systems.cases.api.sensors.now", lambda: at + timedelta(minutes=5))
    one = {"sensor": "SW-017", "at": "2026-09-16T10:00:00+08:00", "value": 5, "unit": "米", "id": "1"}
    two = {**one, "at": "2026-09-16T10:02:00+08:00", "id": "2"}
    assert call(gateway, at, one).json()["new"] == 1
    answer = call(gateway, at, {"readings": [two, {**two, "unit": "A", "id": "3"}, one]})
    assert answer.status_code == 200
    assert (answer.json()["opened"], answer.json()["known"]) == ([Case.objects.get().number], 1)
    assert answer.json()["refused"][0]["pointer"] == "/body/readings/1/unit"
    wrong = call(gateway, at, {**one, "unit": "A"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/body/readings/0/unit")
    missing = call(gateway, at, {"sensor": "SW-017"})
    assert missing.status_code == 422
    assert "readings/0/value" in "".join(error["pointer"] for error in missing.json()["errors"])
    assert call(gateway, at, {**one, "at": "2026-09-16T10:00:00"}).status_code == 422
    assert call(gateway, at, one, signed="sha256=00").status_code == 401
    assert call(gateway, at - timedelta(minutes=1), one).status_code == 401
    assert call(SensorGateway(key="GW-9"), at, one).json()["code"] == "signature"


def test_the_desk_sees_the_sensors_and_only_administrators_the_keys(
    gateway: SensorGateway, town: Town, at: datetime
) -> None:
    take(gateway, at, (0, 5), (1, 5))
    assert "SW-017" in text(signed_in(town.desk_officer).get(f"/cases/{Case.objects.get().number}/"))
    page = text(signed_in(town.desk_officer).get("/cases/sensors/"))
    assert Case.objects.get().number in page
    assert "GW-1" not in page
    assert "SW-017" not in text(signed_in(town.desk_officer).get("/cases/sensors/?words=空气"))
    admin = signed_in(town.region_admin)
    before = secret_of(gateway)
    assert before in text(admin.post("/cases/sensors/gateways/GW-1/show/"))
    renewed = text(admin.post("/cases/sensors/gateways/GW-1/renew/"))
    assert before not in renewed
    gateway.refresh_from_db()
    assert secret_of(gateway) in renewed
    assert signed_in(town.desk_officer).post("/cases/sensors/gateways/GW-1/show/").status_code == 403
    assert admin.post("/cases/sensors/gateways/GW-9/show/").status_code == 404
    assert admin.post("/cases/sensors/gateways/GW-1/forget/").status_code == 404
    assert set(Fact.objects.filter(subject_kind="sensor_gateway").values_list("verb", flat=True)) == {
        "sensor.key_viewed",
        "sensor.key_renewed",
    }
    assert before not in "".join(fact.after for fact in Fact.objects.all())


def test_a_list_names_every_bad_row_and_keeps_the_good_ones(town: Town, at: datetime, tmp_path: Path) -> None:
    matter()
    good = {
        **LEVEL,
        "code": "SW-1",
        "gateway": "",
        "unit": "℃",
        "lon": "118.3",
        "lat": "28.4",
        "division": "",
    }
    bad: list[tuple[dict[str, str], str]] = [
        ({"code": "sw 1"}, "code"), ({"code": "SW-1"}, "code"), ({"matter": "X"}, "matter"), ({"unit": "斤"}, "unit"),
        ({"threshold": ""}, "threshold"), ({"threshold": "viel"}, "threshold"), ({"hold_s": "-1"}, "hold_s"),
        ({"side": "left"}, "side"), ({"division": "999"}, "division"), ({"division": ""}, "division"),
        ({"lon": "118"}, "lon"), ({"lon": "10", "lat": "10"}, "lon"), ({"lon": "400", "lat": "10"}, "lon"),
        ({"gateway": "a b"}, "gateway"), ({"name": ""}, "name"),
    ]  # fmt: skip
    rows = [{**LEVEL, "code": f"SX-{n}", **changes} for n, (changes, _field) in enumerate(bad)]
    file = listed(tmp_path, good, *rows)
    run = CliRunner().invoke
    dry = run(app, ["sensors", "import", str(file), "--dry-run"])
    assert (dry.exit_code, "1 new" in dry.output, Sensor.objects.count()) == (1, True, 0)
    report = import_sensors(file, by=RESIDENT, at=at)
    assert [(p.row, p.field) for p in report.problems] == [
        (n + 3, field) for n, (_c, field) in enumerate(bad)
    ]
    sensor = Sensor.objects.get()
    assert (sensor.gateway.key, sensor.unit, sensor.lon) == ("SW-1", "°C", 118.3)
    again = import_sensors(listed(tmp_path, {**good, "threshold": "5"}), by=RESIDENT, at=at)
    assert (again.new, again.changed, again.same) == (0, 1, 0)
    assert (
        "1 as before"
        in run(app, ["sensors", "import", str(listed(tmp_path, {**good, "threshold": "5"}))]).output
    )
    assert Fact.objects.get(verb="sensor.changed").before == '{"threshold":4.0}'
    assert run(app, ["sensors", "import", str(tmp_path / "none.csv")]).exit_code == 1
    (tmp_path / "bare.csv").write_text("code\n1")
    assert "hold_s" in run(app, ["sensors", "import", str(tmp_path / "bare.csv")]).output
