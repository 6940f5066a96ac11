"""Fills an empty database with very many cases and their duties, for the other benchmarks; of no other use.

    TONGQU_HOME=/tmp/bench .venv/bin/python bench/cases_seed.py --cases 10000
    TONGQU_DATABASE_URL=postgresql://… .venv/bin/python bench/cases_seed.py --cases 1000000

Rows are written in bulk, past the actions: without facts in the journal and without jobs. The first 10,000 are made
here, the others are copies that the database makes of them, each a little older. The region is the demo's Quzhou, the matters are the standard list, 2 % of the cases are open, spread over
the open states as a desk would have them, the newest ones mostly. Every case has one duty (the open one, or the
handling that was met). All rows are marked as invented.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")

BASE = 10_000
BATCH = 5000
YEARS = 3
OPEN_STATES = (
    ["reported"] * 2 + ["accepted"] + ["dispatched"] * 2 + ["handling"] * 6 + ["handled"] * 3 + ["verified"]
)
THINGS = (
    "垃圾堆积",
    "路面坑洼",
    "路灯不亮",
    "河面漂浮物",
    "裸土未覆盖",
    "占道经营",
    "井盖松动",
    "违章搭建",
    "秸秆焚烧",
    "噪声扰民",
)
PLACES = ("村口", "桥头", "菜场旁", "学校门口", "卫生院旁", "公园北门", "工地西侧", "老街", "溪边", "公路边")


@dataclass(frozen=True)
class World:
    """What the cases are about, where they lie and who has them."""

    matters: list[Any]
    places: list[Any]
    desks: dict[str, Any]
    units: dict[tuple[str, str], Any]


def prepare() -> None:
    """Make the tables, the region and the matters."""
    from django.core.management import call_command

    from tongqu.shared.clock import now
    from tongqu.shared.journal.rules import SYSTEM
    from tongqu.shared.region.actions.importing import import_region
    from tongqu.systems.cases.actions.matters import import_matters

    call_command("migrate", verbosity=0)
    import_region(ROOT / "src/tongqu/demo/data/quzhou", by=SYSTEM, at=now())
    import_matters(by=SYSTEM, at=now())


def the_world() -> World:
    """Read the region once."""
    from tongqu.shared.region.models import Division, Unit
    from tongqu.systems.cases.models.matter import Matter

    places = list(Division.objects.filter(level="grid").exclude(centre_lon=None))
    places = places or list(Division.objects.filter(level="township").exclude(centre_lon=None))
    units = {(u.code.split("-")[0], u.division.path): u for u in Unit.objects.select_related("division")}
    desks = {u.division.path: u for u in Unit.objects.filter(kind="territory").select_related("division")}
    return World(list(Matter.objects.all()), places, desks, units)


def rows(
    world: World, first: int, count: int, until: datetime, open_share: float
) -> Iterator[tuple[Any, Any]]:
    """Yield cases with their duties; ids count on from `first`."""
    from tongqu.kernel.geometry import cell_of
    from tongqu.shared.duties.models import Duty
    from tongqu.systems.cases.models.case import Case
    from tongqu.systems.cases.rules.lifecycle import DUTY_IN, State
    from tongqu.systems.cases.rules.naming import TRACKING_ALPHABET

    chance = random.Random(first)
    step = timedelta(days=365 * YEARS) / max(count, 1)
    for number in range(count):
        pk = first + number
        matter, place = chance.choice(world.matters), chance.choice(world.places)
        county = place.path[:6]
        # Open cases are young ones: the last tenth holds nearly all of them.
        share = open_share * 9.1 if number > count * 0.9 else open_share * 0.1
        state = State(chance.choice(OPEN_STATES)) if chance.random() < share else State.CLOSED
        reported_at = until - step * (count - number)
        desk = world.desks.get(county) or world.desks["3308"]
        line = world.units.get((matter.department, county)) or world.units.get((matter.department, "3308"))
        owner = (line or desk) if state not in (State.REPORTED, State.ACCEPTED) else None
        kind = DUTY_IN.get(state, "handle")
        holder = owner if kind == "handle" and owner else desk
        is_open = state != State.CLOSED
        due_at = (
            until + timedelta(hours=chance.uniform(-30, 120)) if is_open else reported_at + timedelta(days=2)
        )
        handled_at = reported_at + timedelta(hours=20) if state in ("handled", "verified", "closed") else None
        lon = place.centre_lon + chance.uniform(-0.01, 0.01)
        lat = place.centre_lat + chance.uniform(-0.01, 0.01)
        title = f"{place.name_zh_hans}{chance.choice(PLACES)}{chance.choice(THINGS)}"[:120]
        code = "".join(chance.choice(TRACKING_ALPHABET) for _place in range(4)) + f"{pk:08d}"
        duty = Duty(
            id=pk, kind=kind, subject_kind="case", subject_id=str(pk), label=title, url=f"/cases/{pk}/",
            owner_unit_id=holder.pk, unit_path=holder.path, division_id=place.pk, division_path=place.path,
            allowance="1wd", opened_at=reported_at, counts_from=reported_at, due_at=max(due_at, reported_at),
            yellow_at=due_at - timedelta(hours=4), red_at=due_at, is_open=is_open, is_invented=True,
            **({} if is_open else {"met_at": handled_at, "closed_at": handled_at, "is_late": chance.random() < 0.1,
                                   "worked_seconds": 20_000}),
        )  # fmt: skip
        case = Case(
            id=pk, tracking_code=code, matter_id=matter.pk, matter_version_id=matter.version_id, title=title, text=f"{title}，请尽快处理。", state=state,
            source=chance.choice(("web", "phone", "grid", "drone", "hotline")), division_id=place.pk,
            division_path=place.path, lon=lon, lat=lat, cell=cell_of(lon, lat),
            owner_unit_id=owner.pk if owner else None, unit_path=owner.path if owner else "",
            duty_id=pk if is_open else None, reported_at=reported_at, moved_at=reported_at, handled_at=handled_at,
            closed_at=None if is_open else reported_at + timedelta(days=1), reporter_name="测试", is_invented=True,
        )  # fmt: skip
        yield case, duty


def seed(count: int, open_share: float, tell: Any = print) -> None:
    """Fill up to so many cases, then let the database gather statistics."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    from tongqu.shared.clock import now
    from tongqu.shared.duties.actions.league import count_all_closed
    from tongqu.shared.duties.models import Duty
    from tongqu.systems.cases.actions.blocks import rebuild
    from tongqu.systems.cases.models.case import Case

    start = time.perf_counter()
    if not Case.objects.exists():
        made = list(rows(the_world(), 1, min(count, BASE), now().astimezone(UTC), open_share))
        for batch in range(0, len(made), BATCH):
            part = made[batch : batch + BATCH]
            with transaction.atomic():
                Duty.objects.bulk_create([duty for _case, duty in part], batch_size=500)
                Case.objects.bulk_create([case for case, _duty in part], batch_size=500)
    while (stands := Case.objects.count()) < count:
        with transaction.atomic():
            copy(Duty, stands, min(BASE, count - stands))
            copy(Case, stands, min(BASE, count - stands))
        if (stands + BASE) % 100_000 == 0:
            tell(f"{stands + BASE:,} of {count:,} ({time.perf_counter() - start:.0f} s)")
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [Case, Duty]):
            cursor.execute(sql)
        # What PostgreSQL does by itself in the course of a day: without it no answer comes from an index alone.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    # The worker's schedule keeps the league's rows; here they are made once.
    tell(f"{count_all_closed(at=now().astimezone(UTC)):,} closed duties added to the league")
    tell(f"{rebuild(at=now()):,} cases packed for maps and statistics")
    tell(f"{Case.objects.count():,} cases in {time.perf_counter() - start:.0f} s")


def copy(model: Any, offset: int, count: int) -> None:
    """Have the database copy the first rows: with later ids, and times that lie a little earlier."""
    from django.db import connection

    seconds = int(365 * 86400 * YEARS / BASE * (offset / BASE % 100) / 100)
    if connection.vendor == "sqlite":
        earlier = "strftime('%Y-%m-%d %H:%M:%f', {}, '-" + str(seconds) + " seconds')"
    else:
        earlier = "{} - interval '" + str(seconds) + " seconds'"
    special = {
        "id": f"id + {offset}",
        "is_counted": "false",
        "duty_id": f"duty_id + {offset}",
        "subject_id": f"cast(cast(subject_id as integer) + {offset} as text)",
        "tracking_code": f"substr(tracking_code, 1, 4) || cast({10_000_000 + offset} + id as text)",
        **{
            name: earlier.format(name)
            for name in (
                "reported_at",
                "moved_at",
                "handled_at",
                "closed_at",
                "opened_at",
                "counts_from",
                "met_at",
            )
        },
    }
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(special.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
            f"SELECT {values} FROM {model._meta.db_table} WHERE id <= {count}"
        )


def main() -> None:
    """Read the options and seed."""
    import django

    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--open-share", type=float, default=0.02)
    wanted = options.parse_args()
    django.setup()
    prepare()
    seed(wanted.cases, wanted.open_share)


if __name__ == "__main__":
    main()
