"""Indexes the words of cases by trigrams: an FTS5 table kept up by triggers on SQLite, pg_trgm on PostgreSQL.

On SQLite a later migration that makes the table of cases anew drops its triggers; it then runs `fill` again.
"""

from django.db import DatabaseError, migrations, transaction

SQLITE = (
    "DROP TABLE IF EXISTS cases_words_terms",
    "DROP TABLE IF EXISTS cases_words",
    "CREATE VIRTUAL TABLE cases_words USING fts5(body, content='', detail='none', tokenize='trigram')",
    "CREATE VIRTUAL TABLE cases_words_terms USING fts5vocab('cases_words', 'row')",
    "INSERT INTO cases_words (rowid, body) SELECT id, title || char(10, 10) || text || char(10, 10) || place_text "
    "|| char(10, 10) FROM cases_case",
    "DROP TRIGGER IF EXISTS cases_words_added",
    "DROP TRIGGER IF EXISTS cases_words_removed",
    "DROP TRIGGER IF EXISTS cases_words_changed",
    "CREATE TRIGGER cases_words_added AFTER INSERT ON cases_case BEGIN "
    "INSERT INTO cases_words (rowid, body) VALUES (new.id, new.title || char(10, 10) || new.text || char(10, 10) "
    "|| new.place_text || char(10, 10)); END",
    "CREATE TRIGGER cases_words_removed AFTER DELETE ON cases_case BEGIN "
    "INSERT INTO cases_words (cases_words, rowid, body) VALUES ('delete', old.id, old.title || char(10, 10) "
    "|| old.text || char(10, 10) || old.place_text || char(10, 10)); END",
    "CREATE TRIGGER cases_words_changed AFTER UPDATE OF title, text, place_text ON cases_case BEGIN "
    "INSERT INTO cases_words (cases_words, rowid, body) VALUES ('delete', old.id, old.title || char(10, 10) "
    "|| old.text || char(10, 10) || old.place_text || char(10, 10)); "
    "INSERT INTO cases_words (rowid, body) VALUES (new.id, new.title || char(10, 10) || new.text || char(10, 10) "
    "|| new.place_text || char(10, 10)); END",
)
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
INDEX = (
    "CREATE INDEX IF NOT EXISTS cases_words ON cases_case "
    "USING gin (title gin_trgm_ops, text gin_trgm_ops, place_text gin_trgm_ops)"
)


def fill(apps, schema_editor):
    """Make the index and put every case into it; without pg_trgm, say so and go on without an index."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute(EXTENSION)
    except DatabaseError as refusal:
        print(
            f"  The extension pg_trgm could not be made ({refusal}): words of cases are searched without an "
            "index. Have the owner of the database run CREATE EXTENSION pg_trgm, then migrate cases 0004 and then on."
        )
        return
    schema_editor.execute(INDEX)


def drop(apps, schema_editor):
    """Take the index away."""
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS cases_words_{name}")
        schema_editor.execute("DROP TABLE IF EXISTS cases_words_terms")
        schema_editor.execute("DROP TABLE IF EXISTS cases_words")
    else:
        schema_editor.execute("DROP INDEX IF EXISTS cases_words")


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_hotline_imports")]
    operations = [migrations.RunPython(fill, drop)]
