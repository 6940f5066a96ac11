"""Addresses of the evidence pages."""

from django.urls import URLPattern, path

from tongqu.shared.evidence import pages

app_name = "evidence"
urlpatterns: list[URLPattern] = [
    path("", pages.gallery, name="list"),
    path("import/", pages.imports, name="import"),
    path("<str:sha256>/", pages.detail, name="detail"),
    path("<str:sha256>/<str:size>", pages.file, name="file"),
]
