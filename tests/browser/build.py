"""Writes the town of the tests, and a few cases, to the database of the server that the browser visits."""

import django

django.setup()

from conftest import build_town  # noqa: E402 - needs Django

if __name__ == "__main__":
    town = build_town()
    town.region.is_invented = True
    town.region.save()
