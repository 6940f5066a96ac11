"""Serves styles and scripts under names that carry their hash, once they have been collected."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """The manifest storage; before anything is collected (a fresh checkout, tests) names stay plain."""

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """Return the name with its hash, or the plain name when nothing has been collected."""
        return str(super().stored_name(name)) if self.hashed_files else name
