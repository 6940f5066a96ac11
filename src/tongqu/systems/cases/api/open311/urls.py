"""Addresses of Open311, mounted under `/open311/v2/`."""

from django.urls import URLPattern, re_path

from tongqu.systems.cases.api.open311 import catalogue, requests

app_name = "open311"
FORMAT = r"\.(?P<form>[A-Za-z0-9]{1,10})$"
urlpatterns: list[URLPattern] = [
    re_path(rf"^discovery{FORMAT}", catalogue.discovery, name="discovery"),
    re_path(rf"^services{FORMAT}", catalogue.listing, name="services"),
    re_path(rf"^services/(?P<code>[^/]{{1,40}}){FORMAT}", catalogue.definition, name="service"),
    re_path(rf"^requests{FORMAT}", requests.many, name="requests"),
    re_path(rf"^requests/(?P<number>[^/]{{1,40}}){FORMAT}", requests.one, name="request"),
    re_path(rf"^tokens/(?P<token>[^/]{{1,40}}){FORMAT}", requests.token, name="token"),
]
