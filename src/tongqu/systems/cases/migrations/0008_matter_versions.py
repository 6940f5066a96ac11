"""Keeps the versions of matters, and the version under which each case is handled."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_mail_and_sensors'),
    ]

    operations = [
        migrations.AddField(
            model_name='matter',
            name='subclass_code',
            field=models.CharField(blank=True, max_length=20, verbose_name='sub-class'),
        ),
        migrations.AddField(
            model_name='matter',
            name='subclass_name',
            field=models.CharField(blank=True, max_length=60, verbose_name='sub-class name'),
        ),
        migrations.CreateModel(
            name='MatterVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('in_force_on', models.DateField(verbose_name='in force from')),
                ('terms', models.JSONField(verbose_name='terms')),
                ('changed', models.JSONField(default=list, verbose_name='terms that this version sets anew')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('made_at', models.DateTimeField()),
                ('made_by_ref', models.CharField(max_length=80)),
                ('made_by_name', models.CharField(max_length=100)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='cases.matter')),
            ],
            options={
                'verbose_name': 'version of a matter',
                'verbose_name_plural': 'versions of matters',
                'ordering': ['matter', 'number'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='matter_version',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.matterversion'),
        ),
        migrations.AddField(
            model_name='matter',
            name='version',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cases.matterversion'),
        ),
        migrations.AddIndex(
            model_name='matterversion',
            index=models.Index(fields=['matter', 'in_force_on', 'number'], name='versions_in_force'),
        ),
        migrations.AddConstraint(
            model_name='matterversion',
            constraint=models.UniqueConstraint(fields=('matter', 'number'), name='one_version_per_number'),
        ),
    ]
