"""Addresses of the access pages."""

from django.urls import URLPattern

app_name = "access"
urlpatterns: list[URLPattern] = []
