"""Bonus and penalty can be taken back, by whom and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three fields of a bonus or penalty."""

    dependencies = [("indicators", "0002_reports")]

    operations = [
        migrations.AddField(
            model_name="roundadjustment",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken back"),
        ),
        migrations.AddField(
            model_name="roundadjustment",
            name="taken_back_by_name",
            field=models.CharField(blank=True, max_length=120, verbose_name="taken back by"),
        ),
        migrations.AddField(
            model_name="roundadjustment",
            name="taken_back_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="why it was taken back"),
        ),
    ]
