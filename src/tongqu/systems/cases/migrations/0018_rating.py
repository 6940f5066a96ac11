"""Ratings by reporters."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_registered")]

    operations = [
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("closed_at", models.DateTimeField()),
                ("is_satisfied", models.BooleanField()),
                ("stars", models.PositiveSmallIntegerField()),
                ("text", models.CharField(blank=True, max_length=500)),
                ("rated_at", models.DateTimeField()),
                ("by_ref", models.CharField(max_length=80)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ratings", to="cases.case"
                    ),
                ),
            ],
            options={
                "ordering": ["rated_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "closed_at"), name="one_rating_of_a_closing"),
                    models.CheckConstraint(
                        condition=models.Q(("stars__gte", 1), ("stars__lte", 5)), name="stars_are_one_to_five"
                    ),
                ],
            },
        ),
    ]
