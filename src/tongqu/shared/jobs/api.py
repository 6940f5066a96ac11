"""The jobs routes of the API."""

from ninja import Router

router = Router(tags=["jobs"])
