"""Settings for the tests: a temporary home, quick password hashing, everything else as in production."""

import os
import tempfile

os.environ.setdefault("TONGQU_HOME", tempfile.mkdtemp(prefix="tongqu-test-"))
os.environ.setdefault("TONGQU_SECRET_KEY", "for-tests-only-not-a-secret-0123456789abcdefghij")

from tongqu.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# All tests call from one address; those that show the limits set their own.
API_CALLS_PER_MINUTE = API_CALLS_PER_MINUTE_ANONYMOUS = SIGN_INS_PER_MINUTE = 1_000_000
# Each test client builds the middleware anew; looking through all static files then takes 50 ms.
WHITENOISE_USE_FINDERS = False
