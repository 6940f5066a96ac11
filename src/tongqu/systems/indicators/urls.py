"""Addresses of the indicators."""

from django.urls import URLPattern, path

from tongqu.systems.indicators.pages import appeals, contests, explorer, figure, what_if

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    path("", explorer.explorer, name="explorer"),
    path("embed/", explorer.embed, name="embed"),
    path("contests/", contests.listing, name="contests"),
    path("contests/<str:contest>/", contests.contest, name="contest"),
    path("contests/<str:contest>/what-if/", what_if.what_if, name="what-if"),
    path("contests/<str:contest>/sensitivity/", what_if.sensitivity, name="sensitivity"),
    path("contests/<str:contest>/appeals/", appeals.file, name="appeals"),
    path("<str:code>/figure/", figure.figure, name="figure"),
]
