"""The API under `/api/v1`: the routers of the apps, put together."""

from tongqu.shared.access.api import router as access
from tongqu.shared.access.api_frame import Api
from tongqu.shared.duties.api import router as duties
from tongqu.shared.evidence.api import router as evidence
from tongqu.shared.region.api import router as region
from tongqu.site.operations.api import jobs, journal
from tongqu.systems.cases.api.hot import router as hot_issues
from tongqu.systems.cases.api.parts import router as case_parts
from tongqu.systems.cases.api.reading import router as case_reading
from tongqu.systems.cases.api.routes import router as cases
from tongqu.systems.cases.api.sensors import router as sensors
from tongqu.systems.cases.api.statistics import router as case_statistics
from tongqu.systems.indicators.api.cards import router as report_cards
from tongqu.systems.indicators.api.contests import router as contests
from tongqu.systems.indicators.api.exchange import router as exchange
from tongqu.systems.indicators.api.figures import router as indicators
from tongqu.systems.indicators.api.holding import router as holding
from tongqu.systems.indicators.api.ranks import router as indicator_ranks
from tongqu.systems.indicators.api.reports import router as reports
from tongqu.systems.timeline.api.stac import router as stac

api = Api(
    title="Tongqu 通衢",
    version="1",
    description=(
        "Cases, duties, evidence and the journal of a region. Call with a bearer token from the account page; "
        "lists come in pages (`next` is the cursor of the page after); every error is a problem after RFC 9457."
    ),
)
api.add_router("/region", region)
api.add_router("/access", access)
api.add_router("/evidence", evidence)
api.add_router("/duties", duties)
api.add_router("/journal", journal)
api.add_router("/jobs", jobs)
# Before the cases, whose numbers would take these names for one.
api.add_router("/cases/statistics", case_statistics)
api.add_router("/cases/sensors", sensors)
api.add_router("/cases/hot", hot_issues)
api.add_router("/cases", cases)
api.add_router("/cases", case_parts)
api.add_router("/cases", case_reading)
api.add_router("/stac", stac)
# Before the indicators, whose codes would take these names for one.
api.add_router("/indicators/cards", report_cards)
api.add_router("/indicators/contests", contests)
api.add_router("/indicators/contests", holding)
api.add_router("/indicators/sdmx", exchange)
api.add_router("/indicators/reports", reports)
api.add_router("/indicators", indicators)
api.add_router("/indicators", indicator_ranks)
