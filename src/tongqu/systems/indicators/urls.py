"""Addresses of the indicators."""

from django.urls import URLPattern, path

from tongqu.systems.indicators.pages import (
    appeals,
    contests,
    deciding,
    explorer,
    flag,
    holding,
    publishing,
    rounds,
    what_if,
)

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    path("", explorer.explorer, name="explorer"),
    path("contests/", contests.listing, name="contests"),
    path("contests/<str:contest>/", contests.contest, name="contest"),
    path("contests/<str:contest>/what-if/", what_if.what_if, name="what-if"),
    path("contests/<str:contest>/sensitivity/", what_if.sensitivity, name="sensitivity"),
    path("contests/<str:contest>/appeals/", appeals.file, name="appeals"),
    path("contests/<str:contest>/flag/", flag.history, name="flag"),
    path("contests/<str:contest>/hold/", holding.hold, name="hold"),
    path("contests/<str:contest>/rounds/<int:number>/", rounds.round_page, name="round"),
    path("contests/<str:contest>/rounds/<int:number>/adjust/", rounds.adjust, name="adjust"),
    path(
        "contests/<str:contest>/rounds/<int:number>/adjustments/<int:adjustment>/",
        rounds.take_back,
        name="take-back",
    ),
    path("contests/<str:contest>/rounds/<int:number>/publish/", publishing.publish, name="publish"),
    path("contests/<str:contest>/rounds/<int:number>/discard/", publishing.discard, name="discard"),
    path("contests/<str:contest>/appeals/<int:appeal>/", deciding.decide, name="decide"),
    path("<str:code>/figure/", explorer.figure, name="figure"),
]
