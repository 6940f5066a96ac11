"""Addresses of open data, mounted under `/open-data/cases/`."""

from django.urls import URLPattern, path, re_path

from tongqu.systems.cases.pages import open_data

app_name = "open-data"
MONTH = r"(?P<month>20\d\d-(?:0[1-9]|1[0-2]))"
urlpatterns: list[URLPattern] = [
    path("", open_data.show, name="page"),
    path("datapackage.json", open_data.datapackage, name="package"),
    re_path(rf"^{MONTH}\.(?P<form>csv|geojson|json)$", open_data.download, name="file"),
]
