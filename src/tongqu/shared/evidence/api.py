"""The evidence routes of the API."""

from ninja import Router

router = Router(tags=["evidence"])
