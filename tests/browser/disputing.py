"""Brings a case to a dispute on the server that the browser visits: `python -m tests.browser.disputing TEXT`."""

import sys

import django

django.setup()

from tongqu.shared.clock import now  # noqa: E402 - needs Django
from tongqu.shared.journal.rules import NamedActor  # noqa: E402
from tongqu.shared.region.models import Person, Unit  # noqa: E402
from tongqu.systems.cases.actions.matters import import_matters  # noqa: E402
from tongqu.systems.cases.actions.moves import accept, dispatch, send_back  # noqa: E402
from tongqu.systems.cases.actions.report import report  # noqa: E402
from tongqu.systems.cases.models.matter import Matter  # noqa: E402

if __name__ == "__main__":
    resident = NamedActor("resident", "居民")
    import_matters(by=resident, at=now())
    desk, officer, clerk = (Person.objects.get(username=name) for name in ("desk", "officer", "clerk"))
    case = report(text=sys.argv[1], source="web", lon=118.35, lat=28.4, by=resident, at=now())
    case = accept(case, matter=Matter.objects.get(code="EENV01"), by=desk, at=now())
    case = dispatch(case, unit=Unit.objects.get(code="zhzf-qujiang"), by=desk, at=now())
    case = send_back(case, reason="属地负责清运", by=officer, at=now())
    case = dispatch(case, unit=Unit.objects.get(code="lianhua"), by=desk, at=now())
    case = send_back(case, reason="属执法局职责", by=clerk, at=now())
    sys.stdout.write(case.number)
