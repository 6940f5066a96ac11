"""Addresses of the operations pages."""

from django.urls import path

from tongqu.site.operations import pages

urlpatterns = [
    path("", pages.operations, name="operations"),
    path("verify/", pages.verify, name="operations-verify"),
    path("jobs/<uuid:job_id>/", pages.job, name="operations-job"),
    path("jobs/<uuid:job_id>/retry/", pages.retry, name="operations-retry"),
    path("jobs/<uuid:job_id>/discard/", pages.discard, name="operations-discard"),
    path("jobs/<uuid:job_id>/stop/", pages.stop, name="operations-stop"),
]
