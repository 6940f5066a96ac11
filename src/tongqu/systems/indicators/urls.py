"""Addresses of the indicators."""

from django.urls import URLPattern, path

from tongqu.systems.indicators.pages import (
    appeals,
    contests,
    deciding,
    defining_contests,
    definitions,
    explorer,
    figure,
    flag,
    holding,
    importing,
    publishing,
    rounds,
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
    path("import/", importing.figures, name="import"),
    path("definitions/", definitions.listing, name="definitions"),
    path("definitions/new-indicator/", definitions.new_indicator, name="new-indicator"),
    path("definitions/indicators/<str:code>/", definitions.indicator, name="definition"),
    path("definitions/new-set/", definitions.new_set, name="new-set"),
    path("definitions/sets/<str:set_code>/", definitions.division_set, name="division-set"),
    path("definitions/new-contest/", defining_contests.new, name="new-contest"),
    path("definitions/contests/<str:contest>/", defining_contests.change, name="terms"),
    path("definitions/formula/", defining_contests.check, name="check-formula"),
    path("<str:code>/figure/", figure.figure, name="figure"),
]
