"""Makes duties for the tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conftest import Town
from tongqu.kernel.calendar import Allowance
from tongqu.shared.duties.actions.duty import open_duty
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.rules import SYSTEM, Subject


def a_duty(town: Town, at: datetime, allowance: str = "7wh", **given: Any) -> Duty:
    """A duty of the county department, opened by the system."""
    given = {"owner_unit": town.county_department, "label": "清理垃圾", "kind": "sweep", **given}
    return open_duty(
        given.pop("kind"),
        given.pop("subject", Subject("heap", "1")),
        allowance=Allowance.parse(allowance),
        by=given.pop("by", SYSTEM),
        at=at,
        **given,
    )
