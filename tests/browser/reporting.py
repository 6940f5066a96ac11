"""Reports a case on the server that the browser visits: `python -m tests.browser.reporting TEXT [LON LAT]`."""

import sys

import django

django.setup()

from tongqu.shared.clock import now  # noqa: E402 - needs Django
from tongqu.shared.journal.rules import NamedActor  # noqa: E402
from tongqu.systems.cases.actions.report import report  # noqa: E402

if __name__ == "__main__":
    lon, lat = (float(part) for part in sys.argv[2:4]) if len(sys.argv) > 3 else (118.35, 28.4)
    case = report(
        text=sys.argv[1], source="web", lon=lon, lat=lat, by=NamedActor("resident", "居民"), at=now()
    )
    sys.stdout.write(case.number)
