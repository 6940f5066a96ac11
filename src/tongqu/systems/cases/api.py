"""The case routes of the API."""

from ninja import Router

router = Router(tags=["cases"])
