"""Production settings with one more app: a subscriber that would count twice if a fact were delivered twice."""

from tongqu.site.settings import *  # noqa: F403

INSTALLED_APPS = ["tests.reliability.tally", *INSTALLED_APPS]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
API_CALLS_PER_MINUTE = 1_000_000
