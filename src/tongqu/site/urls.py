"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from tongqu.shared.access.pages import account, sign_in
from tongqu.site.api import api
from tongqu.site.health import health, live
from tongqu.site.metrics import metrics
from tongqu.site.pages import cockpit, components, events, finding, preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", cockpit.home, name="home"),
    path("changed/", cockpit.changed, name="home-changed"),
    path("events", events.events, name="events"),
    path("find/", finding.find, name="find"),
    path("ui/", components.components, name="components"),
    path("ui/progress/", components.progress, name="components-progress"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("region/", include("tongqu.shared.region.urls")),
    path("account/", include("tongqu.shared.access.urls")),
    path("evidence/", include("tongqu.shared.evidence.urls")),
    path("duties/", include("tongqu.shared.duties.urls")),
    path("journal/", include("tongqu.site.operations.journal_urls")),
    path("operations/", include("tongqu.site.operations.urls")),
    path("cases/", include("tongqu.systems.cases.urls")),
    path("timeline/", include("tongqu.systems.timeline.urls")),
    path("indicators/", include("tongqu.systems.indicators.urls")),
    path("open311/v2/", include("tongqu.systems.cases.api.open311.urls")),
    path("open-data/cases/", include("tongqu.systems.cases.pages.open_data_urls")),
    path("api/v1/", api.urls),
    # The admin's own ways in and out would pass by the journal; ours stand before them.
    path("admin/login/", sign_in.sign_in, name="admin-sign-in"),
    path("admin/logout/", sign_in.sign_out, name="admin-sign-out"),
    path("admin/password_change/", account.password, name="admin-password"),
    path("admin/", admin.site.urls),
    path("healthz", health, name="health"),
    path("healthz/live", live, name="live"),
    path("metrics", metrics, name="metrics"),
]
