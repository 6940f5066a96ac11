"""The home page: what is burning, what is late, who owes it, what changed since yesterday."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN


@door(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the cockpit."""
    return render(request, "site/cockpit.html")
