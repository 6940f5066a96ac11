"""Indexes the pairs of characters in cases on PostgreSQL, for the words of two characters that pg_trgm does not serve.

Only pairs beyond ASCII are kept: words of two Latin letters are no words. SQLite finds them by the trigrams' terms.
"""

from django.db import migrations

# Characters are taken from an array: counting into a text by substr() would walk it again for each pair.
FUNCTION = """
CREATE OR REPLACE FUNCTION cases_pairs(title text, body text, place text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT c[i] || c[i + 1]), '{}')
    FROM (SELECT string_to_array(title || chr(10) || body || chr(10) || place, NULL) AS c) AS characters,
         generate_series(1, cardinality(c) - 1) AS i
    WHERE ascii(c[i]) > 127 AND ascii(c[i + 1]) > 127
$$
"""
INDEX = "CREATE INDEX IF NOT EXISTS cases_pairs ON cases_case USING gin (cases_pairs(title, text, place_text))"


def make(apps, schema_editor):
    """Make the function and the index."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(INDEX)


def drop(apps, schema_editor):
    """Take both away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS cases_pairs")
        schema_editor.execute("DROP FUNCTION IF EXISTS cases_pairs(text, text, text)")


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_open_data")]
    operations = [migrations.RunPython(make, drop)]
