"""The finer shift of a registration, over its homography."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add it to alignments; those made before have none."""

    dependencies = [("timeline", "0002_viewer")]

    operations = [
        migrations.AddField(
            model_name="alignment",
            name="warp",
            field=models.JSONField(null=True, verbose_name="finer shift over the homography"),
        ),
    ]
