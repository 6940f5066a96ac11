"""Addresses of Open311, mounted under `/open311/v2/`."""

from django.urls import URLPattern, path, register_converter

from tongqu.systems.cases.api.open311 import catalogue, requests


class Form:
    """The format at the end of an address; which ones there are is said by the answer."""

    regex = "[A-Za-z0-9]{1,10}"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(Form, "open311_form")

app_name = "open311"
urlpatterns: list[URLPattern] = [
    path("discovery.<open311_form:form>", catalogue.discovery, name="discovery"),
    path("services.<open311_form:form>", catalogue.listing, name="services"),
    path("services/<str:code>.<open311_form:form>", catalogue.definition, name="service"),
    path("requests.<open311_form:form>", requests.many, name="requests"),
    path("requests/<str:number>.<open311_form:form>", requests.one, name="request"),
    path("tokens/<str:token>.<open311_form:form>", requests.token, name="token"),
]
