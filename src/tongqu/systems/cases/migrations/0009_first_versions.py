"""Gives every matter its first version, and every case that names a matter that version."""

from datetime import date

from django.db import migrations
from django.utils.timezone import now

TERMS = (
    "name_zh_hans", "name_zh_hant", "name_en", "class_code", "class_name", "subclass_code", "subclass_name",
    "is_standard_class", "track", "grade", "department", "accept_allowance", "dispatch_allowance",
    "handle_allowance", "verify_allowance", "close_allowance", "verify_by", "verify_radius_m", "photo_rule",
    "photos_needed", "seen_by_drone", "keywords", "questions", "publicity", "icon", "colour", "is_active",
)  # fmt: skip
BEFORE_VERSIONS = date(2000, 1, 1)


def first_versions(apps, schema_editor):
    """Keep what each matter says as its version 1, in force for all that was before."""
    versions = apps.get_model("cases", "MatterVersion").objects
    cases = apps.get_model("cases", "Case").objects
    for matter in apps.get_model("cases", "Matter").objects.filter(version=None):
        matter.version = versions.create(
            matter=matter,
            number=1,
            in_force_on=BEFORE_VERSIONS,
            terms={term: getattr(matter, term) for term in TERMS},
            changed=list(TERMS),
            made_at=now(),
            made_by_ref="system",
            made_by_name="系统",
        )
        matter.save(update_fields=["version"])
        cases.filter(matter=matter, matter_version=None).update(matter_version=matter.version)


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_matter_versions")]
    operations = [migrations.RunPython(first_versions, migrations.RunPython.noop)]
