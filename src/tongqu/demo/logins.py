"""The demo people who can sign in, one for each role, and the password that they share.

The password is made by chance on the first loading and kept, readable by its owner only, in `demo-logins.txt` of the
home folder. Only people marked as invented ever get it, and only where the region itself is invented.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from tongqu.shared.region.models import Person, Posting
from tongqu.shared.region.rules import Level, Role, UnitKind

_WORDS = (
    "amber", "bamboo", "cedar", "citrus", "delta", "ember", "falcon", "ginkgo", "harbor", "indigo", "jasmine",
    "kayak", "lantern", "maple", "nectar", "orchid", "pebble", "quartz", "river", "saffron", "timber", "umbra",
    "velvet", "walnut", "yarrow", "zephyr",
)  # fmt: skip


@dataclass(frozen=True)
class Login:
    """A role in the demo, and who plays it."""

    role: str
    person: Person
    unit: str
    does: str


def password_file() -> Path:
    """Return where the shared password is kept."""
    return Path(settings.HOME) / "demo-logins.txt"


def demo_password() -> str:
    """Return the shared password, made on the first call."""
    path = password_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        word = "-".join(secrets.choice(_WORDS) for _index in range(3))
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(f"{word}-{secrets.randbelow(900) + 100}\n", encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            # Another process made it at the same moment; its password is the one that counts.
            return path.read_text(encoding="ascii").strip()
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


Choose = Callable[[QuerySet[Posting]], QuerySet[Posting]]


def _of(role: Role, **conditions: object) -> Choose:
    return lambda rows: rows.filter(role=role, **conditions)


_PARTS: tuple[tuple[str, str, Choose], ...] = (
    (
        "值班坐席 Duty desk",
        "takes reports in, dispatches and closes",
        _of(Role.DUTY_DESK, unit__division__level=Level.PREFECTURE),
    ),
    (
        "乡镇处置员 Township handler",
        "signs for cases of the township and handles them",
        _of(Role.HANDLER, unit__kind=UnitKind.TERRITORY, unit__division__level=Level.TOWNSHIP),
    ),
    (
        "部门处置员 Department handler",
        "handles cases of a line department",
        _of(Role.HANDLER, unit__kind=UnitKind.LINE, unit__code__startswith="zhzf-"),
    ),
    (
        "部门负责人 Head of a department",
        "sees what the department owes, decides extensions",
        _of(Role.UNIT_HEAD, unit__kind=UnitKind.LINE, unit__code__startswith="zhzf-"),
    ),
    (
        "核查员 Inspector",
        "verifies what was handled",
        _of(Role.INSPECTOR, unit__division__level=Level.PREFECTURE),
    ),
    (
        "县区领导 County leader",
        "sees the whole county",
        _of(Role.UNIT_HEAD, unit__kind=UnitKind.TERRITORY, unit__division__level=Level.COUNTY),
    ),
    ("审计员 Auditor", "reads the journal", _of(Role.AUDITOR)),
    (
        "地区管理员 Region administrator",
        "keeps units, people and the calendar",
        _of(Role.REGION_ADMIN),
    ),
)


def demo_people() -> Iterator[Login]:
    """Yield who can sign in, one for each role; all in the same county as far as they belong to one."""
    county = _county()
    rows = (
        Posting.objects.filter(until_on=None, person__is_invented=True, person__is_active=True)
        .select_related("person", "unit")
        .order_by("person__username", "pk")
    )
    for role, does, choose in _PARTS:
        fitting = choose(rows)
        found = fitting.filter(unit__division__path__startswith=county).first() or fitting.first()
        if found is not None:
            yield Login(role, found.person, found.unit.name, does)


def _county() -> str:
    """Return the territory from which township, department and leader are taken: the first with all three."""
    heads = Posting.objects.filter(
        until_on=None,
        person__is_invented=True,
        role=Role.UNIT_HEAD,
        unit__kind=UnitKind.TERRITORY,
        unit__division__level=Level.COUNTY,
    )
    first = heads.order_by("unit__division__code").values_list("unit__division__path", flat=True).first()
    return first or ""


def listing() -> list[str]:
    """Return the lines that tell how to sign in."""
    people = [login for login in demo_people() if login.person.has_usable_password()]
    if not people:
        return []
    lines = [
        "Demo logins 演示账号 (people and data are invented; all have the same password): " + demo_password()
    ]
    width = max(len(login.person.username) for login in people)
    lines += [
        f"  {login.person.username:<{width}}  {login.role} · {login.unit}: {login.does}" for login in people
    ]
    return lines
