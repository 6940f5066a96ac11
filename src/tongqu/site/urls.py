"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from tongqu.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("region/", include("tongqu.shared.region.urls")),
    path("account/", include("tongqu.shared.access.urls")),
    path("evidence/", include("tongqu.shared.evidence.urls")),
    path("duties/", include("tongqu.shared.duties.urls")),
    path("journal/", include("tongqu.shared.journal.urls")),
    path("jobs/", include("tongqu.shared.jobs.urls")),
    path("ui/", include("tongqu.shared.ui.urls")),
    path("cases/", include("tongqu.systems.cases.urls")),
    path("api/v1/", api.urls),
]
