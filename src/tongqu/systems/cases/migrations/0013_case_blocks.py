"""Keeps cases a second time as columns of numbers, for maps and statistics."""

import uuid

from django.db import migrations, models


def keep_outside(apps, schema_editor):
    """Have PostgreSQL keep the packed columns as they are: they are read whole, and squeezing them costs more."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE cases_caseblock ALTER COLUMN packed SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_replies")]
    operations = [
        migrations.CreateModel(
            name="CaseBlock",
            fields=[
                ("key", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("token", models.UUIDField(default=uuid.uuid4)),
                ("count", models.PositiveIntegerField()),
                ("packed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="CaseBlocksState",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("seq", models.BigIntegerField()),
                ("as_of", models.DateTimeField()),
                ("layout", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_state_of_case_blocks")
                ]
            },
        ),
        migrations.RunPython(keep_outside, migrations.RunPython.noop),
    ]
