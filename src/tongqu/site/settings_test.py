"""Settings for the tests: a temporary home, quick password hashing, everything else as in production."""

import os
import tempfile

os.environ.setdefault("TONGQU_HOME", tempfile.mkdtemp(prefix="tongqu-test-"))
os.environ.setdefault("TONGQU_SECRET_KEY", "for-tests-only-not-a-secret-0123456789abcdefghij")

from tongqu.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
