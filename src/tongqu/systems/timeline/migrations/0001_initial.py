"""Views of photos, and the cells in which they are found."""

import django.db.models.deletion
from django.db import migrations, models


SQLITE = """
CREATE TABLE timeline_viewcell (
    cell bigint NOT NULL, is_nadir bool NOT NULL, taken_us bigint NOT NULL, view_id bigint NOT NULL,
    PRIMARY KEY (cell, is_nadir, taken_us, view_id)
) WITHOUT ROWID
"""


def let_the_key_be_the_table(apps, schema_editor):
    """On SQLite, keep the cells in their key alone: beside it, a table of its own would hold every row twice."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE timeline_viewcell")
        schema_editor.execute(SQLITE)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('evidence', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ViewCell',
            fields=[
                ('pk', models.CompositePrimaryKey('cell', 'is_nadir', 'taken_us', 'view_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('cell', models.BigIntegerField()),
                ('is_nadir', models.BooleanField()),
                ('taken_us', models.BigIntegerField()),
                ('view_id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'cell of a view',
                'verbose_name_plural': 'cells of views',
            },
        ),
        migrations.CreateModel(
            name='Sightless',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('no-position', 'no-position'), ('unreadable', 'unreadable'), ('sees-no-ground', 'sees-no-ground'), ('near-pole', 'near-pole'), ('grid-elsewhere', 'grid-elsewhere'), ('grid-unreadable', 'grid-unreadable')], max_length=20)),
                ('made_at', models.DateTimeField()),
                ('evidence', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sightless', to='evidence.evidence')),
            ],
            options={
                'verbose_name': 'photo without a view',
                'verbose_name_plural': 'photos without a view',
            },
        ),
        migrations.CreateModel(
            name='PhotoView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('is_current', models.BooleanField(default=True, verbose_name='in use')),
                ('basis', models.CharField(choices=[('metadata', 'the photo itself'), ('registration', 'fitted to other photos')], default='metadata', max_length=20, verbose_name='where the pose is from')),
                ('taken_us', models.BigIntegerField(verbose_name='taken, microseconds since 1970')),
                ('is_taken_known', models.BooleanField(default=True, verbose_name='whether the photo says when it was taken')),
                ('lon', models.FloatField(verbose_name='longitude, WGS-84 degrees')),
                ('lat', models.FloatField(verbose_name='latitude, WGS-84 degrees')),
                ('height_m', models.FloatField(null=True, verbose_name='height above the ground, m')),
                ('height_sea_m', models.FloatField(null=True, verbose_name='height above the sea, m')),
                ('yaw_deg', models.FloatField(null=True, verbose_name='yaw, degrees')),
                ('pitch_deg', models.FloatField(null=True, verbose_name='pitch, degrees')),
                ('roll_deg', models.FloatField(default=0.0, verbose_name='roll, degrees')),
                ('is_nadir', models.BooleanField(null=True, verbose_name='straight down')),
                ('width', models.PositiveIntegerField(verbose_name='width of the upright picture, pixels')),
                ('height', models.PositiveIntegerField(verbose_name='height of the upright picture, pixels')),
                ('focal_px', models.FloatField(null=True, verbose_name='focal length, pixels')),
                ('focal_basis', models.CharField(blank=True, choices=[('calibration', 'calibration'), ('pixel-pitch', 'pixel-pitch'), ('sensor-table', 'sensor-table'), ('35mm-equivalent', '35mm-equivalent'), ('field-of-view', 'field-of-view')], max_length=20, verbose_name='by what the focal length is known')),
                ('focal_error', models.FloatField(null=True, verbose_name='error of the focal length, a share of it')),
                ('off_x', models.FloatField(default=0.0)),
                ('off_y', models.FloatField(default=0.0)),
                ('brown', models.JSONField(blank=True, null=True, verbose_name='distortion of the lens')),
                ('gsd_m', models.FloatField(null=True, verbose_name='ground sampling distance, m')),
                ('error_m', models.FloatField(verbose_name='error of the footprint, m')),
                ('range_m', models.FloatField(null=True, verbose_name='range, m')),
                ('is_cut', models.BooleanField(default=False, verbose_name='cut at the range')),
                ('lack', models.CharField(blank=True, choices=[('no-height', 'no-height'), ('not-above-ground', 'not-above-ground'), ('no-direction', 'no-direction'), ('no-tilt', 'no-tilt'), ('impossible-tilt', 'impossible-tilt'), ('no-focal-length', 'no-focal-length')], max_length=20, verbose_name='why it is approximate')),
                ('west', models.FloatField()),
                ('south', models.FloatField()),
                ('east', models.FloatField()),
                ('north', models.FloatField()),
                ('footprint', models.BinaryField(verbose_name='footprint, WKB on WGS-84')),
                ('used', models.JSONField(blank=True, default=dict, verbose_name='what it rests on')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='evidence.evidence')),
            ],
            options={
                'verbose_name': 'view',
                'verbose_name_plural': 'views',
                'indexes': [models.Index(condition=models.Q(('is_current', True)), fields=['-taken_us', '-id'], name='views_newest_first')],
                'constraints': [models.UniqueConstraint(fields=('evidence', 'version'), name='one_view_per_version'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('evidence',), name='one_view_in_use_per_photo')],
            },
        ),
        migrations.RunPython(let_the_key_be_the_table, migrations.RunPython.noop),
    ]
