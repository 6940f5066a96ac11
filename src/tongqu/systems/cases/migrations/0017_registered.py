"""Marks the cases that were dispatched before there was a registration as registered when they were."""

from django.db import migrations


def register(apps, schema_editor):
    """Take the first dispatch of each case from the journal."""
    case, fact = apps.get_model("cases", "Case"), apps.get_model("journal", "Fact")
    dispatched = fact.objects.filter(subject_kind="case", verb="case.dispatched").order_by("seq")
    for subject, at, by in dispatched.values_list("subject_id", "at", "actor_ref").iterator():
        case.objects.filter(pk=subject, registered_at=None).update(registered_at=at, registered_by_ref=by)


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_suspension"), ("journal", "0002_guard")]
    operations = [migrations.RunPython(register, migrations.RunPython.noop)]
