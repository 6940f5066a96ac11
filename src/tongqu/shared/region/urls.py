"""Addresses of the region pages."""

from django.urls import path

from tongqu.shared.region.pages import calendar, divisions, importing, units

app_name = "region"
urlpatterns = [
    path("", divisions.home, name="home"),
    path("division/<str:code>/", divisions.division, name="division"),
    path("outlines/<str:level>.geojson", divisions.outlines_of, name="outlines"),
    path("units/", units.units, name="units"),
    path("unit/<str:code>/", units.unit, name="unit"),
    path("unit/<str:code>/<str:act>/", units.act, name="unit-act"),
    path("posting/<int:number>/end/", units.end_posting, name="end-posting"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/day/", calendar.set_day, name="set-day"),
    path("calendar/day/<str:on>/delete/", calendar.delete_day, name="delete-day"),
    path("calendar/hours/", calendar.set_hours, name="set-hours"),
    path("import/", importing.upload, name="import"),
    path("import/confirm/", importing.confirm, name="import-confirm"),
]
