"""Cases are joined to a parent, and what they were before is remembered.

The new constraints make the table of cases anew on SQLite, so the index of words is made again at the end.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import tongqu.systems.cases.rules.lifecycle

words = import_module("tongqu.systems.cases.migrations.0005_words_index")


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_routing"), ("region", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="cases.case",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="source",
            field=models.CharField(
                choices=[
                    ("web", "web form"),
                    ("phone", "phone page"),
                    ("api", "API"),
                    ("grid", "grid worker"),
                    ("hotline", "hotline"),
                    ("drone", "drone patrol"),
                    ("desk", "duty desk"),
                    ("open311", "Open311"),
                    ("email", "e-mail message"),
                    ("sensor", "sensor"),
                    ("parent", "several reports"),
                ],
                max_length=12,
            ),
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
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "joined"), _negated=True), ("parent__isnull", False), _connector="OR"
                ),
                name="joined_cases_have_a_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True),
                    ("state__in", ["joined", "closed", "rejected"]),
                    _connector="OR",
                ),
                name="cases_with_a_parent_owe_nothing",
            ),
        ),
        migrations.CreateModel(
            name="Joining",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("was_state", models.CharField(max_length=12)),
                ("owed_from", models.DateTimeField()),
                ("joined_at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="joining", to="cases.case"
                    ),
                ),
                (
                    "was_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="region.unit",
                    ),
                ),
            ],
        ),
        migrations.RunPython(words.fill, words.drop),
    ]
