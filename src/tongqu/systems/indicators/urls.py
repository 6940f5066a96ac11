"""Addresses of the indicators."""

from django.urls import URLPattern, path

from tongqu.systems.indicators.pages import (
    appeals,
    cards,
    claims,
    contests,
    explorer,
    figure,
    reports,
    ten_years,
    what_if,
)

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    path("", explorer.explorer, name="explorer"),
    path("embed/", explorer.embed, name="embed"),
    path("contests/", contests.listing, name="contests"),
    path("contests/<str:contest>/", contests.contest, name="contest"),
    path("contests/<str:contest>/what-if/", what_if.what_if, name="what-if"),
    path("contests/<str:contest>/sensitivity/", what_if.sensitivity, name="sensitivity"),
    path("contests/<str:contest>/appeals/", appeals.file, name="appeals"),
    path("cards/", cards.chooser, name="cards"),
    path("cards/<str:division>/<path:period>/", cards.card, name="card"),
    path("ten-years/<str:division>/", ten_years.ten_years, name="ten-years"),
    path("reports/", reports.listing, name="reports"),
    path("reports/<int:report>/", reports.report, name="report"),
    path("reports/<int:report>/confirm/", claims.confirm_ready, name="confirm-claims"),
    path("reports/<int:report>/claims/<int:claim>/", claims.claim, name="claim"),
    path("reports/<int:report>/claims/<int:claim>/confirm/", claims.confirm, name="confirm-claim"),
    path("reports/<int:report>/claims/<int:claim>/mend/", claims.mend, name="mend-claim"),
    path("reports/<int:report>/claims/<int:claim>/reject/", claims.reject, name="reject-claim"),
    path("<str:code>/figure/", figure.figure, name="figure"),
]
