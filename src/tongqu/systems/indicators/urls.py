"""Addresses of the indicators."""

from django.urls import URLPattern, path

from tongqu.systems.indicators.pages import explorer

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    path("", explorer.explorer, name="explorer"),
    path("<str:code>/figure/", explorer.figure, name="figure"),
]
