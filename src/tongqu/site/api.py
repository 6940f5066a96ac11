"""The API under `/api/v1`: the routers of the apps, put together."""

from ninja import NinjaAPI

from tongqu.shared.access.api import router as access
from tongqu.shared.duties.api import router as duties
from tongqu.shared.evidence.api import router as evidence
from tongqu.shared.jobs.api import router as jobs
from tongqu.shared.journal.api import router as journal
from tongqu.shared.region.api import router as region
from tongqu.systems.cases.api import router as cases

api = NinjaAPI(title="Tongqu", version="1", urls_namespace="api")
api.add_router("/region", region)
api.add_router("/access", access)
api.add_router("/evidence", evidence)
api.add_router("/duties", duties)
api.add_router("/journal", journal)
api.add_router("/jobs", jobs)
api.add_router("/cases", cases)
