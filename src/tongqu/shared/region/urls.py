"""Addresses of the region pages."""

from django.urls import URLPattern

app_name = "region"
urlpatterns: list[URLPattern] = []
