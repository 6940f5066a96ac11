"""Parts of cases and their joint visit. The new field makes the table of cases anew on SQLite, so the index of words too."""

from importlib import import_module

import django.db.models.deletion
import tongqu.systems.cases.rules.parts
from django.db import migrations, models

words = import_module("tongqu.systems.cases.migrations.0005_words_index")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_text_blocks'),
        ('duties', '0001_initial'),
        ('evidence', '0001_initial'),
        ('region', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='is_split',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='JointVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_at', models.DateTimeField()),
                ('note', models.TextField(blank=True)),
                ('set_at', models.DateTimeField()),
                ('set_by_name', models.CharField(max_length=120)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='visit', to='cases.case')),
                ('units', models.ManyToManyField(related_name='+', to='region.unit')),
            ],
        ),
        migrations.CreateModel(
            name='CasePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('unit_path', models.CharField(blank=True, max_length=300)),
                ('task', models.TextField()),
                ('state', models.CharField(choices=[('sent', 'Sent'), ('handling', 'Being handled'), ('returned', 'Sent back'), ('handled', 'Handled'), ('withdrawn', 'Withdrawn')], default=tongqu.systems.cases.rules.parts.PartState['SENT'], max_length=12)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('is_current', models.BooleanField(default=True)),
                ('sent_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
                ('handled_by_ref', models.CharField(blank=True, max_length=80)),
                ('handling_text', models.TextField(blank=True)),
                ('returns', models.PositiveSmallIntegerField(default=0)),
                ('is_passed', models.BooleanField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='cases.case')),
                ('duty', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.duty')),
                ('evidence', models.ManyToManyField(related_name='case_parts', to='evidence.evidence')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='region.unit')),
            ],
            options={
                'verbose_name': 'part of a case',
                'verbose_name_plural': 'parts of cases',
                'ordering': ['place'],
                'indexes': [models.Index(fields=['unit_path', 'case'], name='parts_of_a_unit')],
                'constraints': [models.UniqueConstraint(fields=('case', 'place'), name='one_part_at_a_place'), models.CheckConstraint(condition=models.Q(models.Q(('duty__isnull', False), ('state__in', [tongqu.systems.cases.rules.parts.PartState['HANDLING'], tongqu.systems.cases.rules.parts.PartState['RETURNED'], tongqu.systems.cases.rules.parts.PartState['SENT']])), models.Q(('duty__isnull', True), ('state__in', [tongqu.systems.cases.rules.parts.PartState['HANDLED'], tongqu.systems.cases.rules.parts.PartState['WITHDRAWN']])), _connector='OR'), name='owing_parts_have_a_duty')],
            },
        ),
        migrations.RunPython(words.fill, words.drop),
    ]
