
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_questions_and_answers'),
    ]

    operations = [
        migrations.AddField(
            model_name='matter',
            name='publicity',
            field=models.CharField(blank=True, choices=[('', 'as its platform: order and safety nothing, others the status'), ('nothing', 'nothing'), ('status', 'status, and roughly where'), ('words', 'also the words and the exact place')], default='', max_length=10, verbose_name='public through Open311'),
        ),
        migrations.CreateModel(
            name='Open311Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filed_by_ref', models.CharField(max_length=80)),
                ('account_id', models.CharField(blank=True, max_length=100)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('media_url', models.CharField(blank=True, max_length=500)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='open311', to='cases.case')),
            ],
            options={
                'indexes': [models.Index(fields=['filed_by_ref'], name='open311_filed_by')],
            },
        ),
    ]
