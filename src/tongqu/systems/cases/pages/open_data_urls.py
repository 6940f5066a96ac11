"""Addresses of open data, mounted under `/open-data/cases/`."""

from django.urls import URLPattern, path

from tongqu.systems.cases.pages import open_data

app_name = "open-data"
urlpatterns: list[URLPattern] = [
    path("", open_data.show, name="page"),
    path("datapackage.json", open_data.datapackage, name="package"),
    path("<str:month>.<str:form>", open_data.download, name="file"),
]
