"""Keeps the files of open data as they were made last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_saved_filters")]
    operations = [
        migrations.CreateModel(
            name="OpenDataFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("month", models.CharField(max_length=7)),
                ("form", models.CharField(max_length=8)),
                ("made_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField()),
                ("withheld", models.PositiveIntegerField()),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("packed", models.BinaryField()),
            ],
            options={
                "ordering": ["-month", "form"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "form"), name="one_open_file_per_month_and_form"
                    )
                ],
            },
        ),
    ]
