"""Registration of cases, and cases that rest; on SQLite the table of cases is made anew, so its words too."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import tongqu.systems.cases.rules.lifecycle

words = import_module("tongqu.systems.cases.migrations.0005_words_index")


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_open_data")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="registered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="registered_by_ref",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
                choices=[
                    ("reported", "Reported"),
                    ("accepted", "Accepted"),
                    ("disputed", "Disputed"),
                    ("dispatched", "Dispatched"),
                    ("handling", "Being handled"),
                    ("suspended", "Suspended"),
                    ("handled", "Handled"),
                    ("verified", "Verified"),
                    ("closed", "Closed"),
                    ("rejected", "Rejected"),
                    ("joined", "Joined to another"),
                ],
                default=tongqu.systems.cases.rules.lifecycle.State["REPORTED"],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("reason", models.CharField(max_length=300)),
                ("until_on", models.DateField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("asked_by_ref", models.CharField(blank=True, max_length=80)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suspensions",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["until_on"],
                        name="suspensions_that_end",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("case",),
                        name="one_suspension_of_a_case_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_at__isnull", False), ("begun_at__isnull", False), _connector="OR"
                        ),
                        name="suspension_was_asked_or_begun",
                    ),
                ],
            },
        ),
        migrations.RunPython(words.fill, migrations.RunPython.noop),
    ]
