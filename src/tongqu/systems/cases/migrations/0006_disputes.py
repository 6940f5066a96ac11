"""A state for cases whose handling is disputed."""

from django.db import migrations, models

import tongqu.systems.cases.rules.lifecycle


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_words_index")]

    operations = [
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
                ],
                default=tongqu.systems.cases.rules.lifecycle.State["REPORTED"],
                max_length=12,
            ),
        ),
    ]
