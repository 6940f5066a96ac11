"""Addresses of the duty pages."""

from django.urls import path

from tongqu.shared.duties.pages import board, duty, league, rulebook

app_name = "duties"
urlpatterns = [
    path("", board.board, name="board"),
    path("league/", league.league, name="league"),
    path("notices/", board.notices, name="notices"),
    path("notices/read/", board.read_all, name="read-notices"),
    path("rules/", rulebook.rules, name="rules"),
    path("rules/<str:code>/", rulebook.rule, name="rule"),
    path("rules/<str:code>/apply/", rulebook.apply, name="apply-rule"),
    path("<int:pk>/", duty.detail, name="detail"),
    path("<int:pk>/<slug:name>/", duty.act, name="act"),
]
