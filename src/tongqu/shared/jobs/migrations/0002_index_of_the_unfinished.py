"""An index for what runs or failed: the library's own covers only what waits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("django_tasks_database", "0021_conditional_partial_index_ordering")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX jobs_running_or_failed ON django_tasks_database_dbtaskresult (status, finished_at) "
            "WHERE status IN ('RUNNING', 'FAILED')",
            "DROP INDEX jobs_running_or_failed",
        ),
    ]
