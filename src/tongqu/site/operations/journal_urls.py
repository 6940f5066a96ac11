"""Addresses of the journal pages."""

from django.urls import path

from tongqu.site.operations import journal

app_name = "journal"
urlpatterns = [
    path("", journal.browse, name="list"),
    path("<uuid:fact_id>/", journal.show, name="fact"),
]
