"""Indexes the pairs of characters in cases on PostgreSQL, for the words of two characters that pg_trgm does not serve.

Only pairs beyond ASCII are kept: words of two Latin letters are no words. SQLite finds them by the trigrams' terms.
"""

from django.db import migrations

# In PL/pgSQL, which goes through the characters once: as one query of SQL it takes some eighteen times as long.
FUNCTION = """
CREATE OR REPLACE FUNCTION cases_pairs(title text, body text, place text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    pairs text[] := '{}';
    before text := '';
    here text;
BEGIN
    FOREACH here IN ARRAY string_to_array(title || chr(10) || body || chr(10) || place, NULL) LOOP
        IF ascii(before) > 127 AND ascii(here) > 127 THEN
            pairs := pairs || (before || here);
        END IF;
        before := here;
    END LOOP;
    RETURN pairs;
END
$$
"""
INDEX = "CREATE INDEX IF NOT EXISTS cases_pairs ON cases_case USING gin (cases_pairs(title, text, place_text))"


def make(apps, schema_editor):
    """Make the function and the index."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(INDEX)
        # Without statistics of its pairs every word is taken to be as common as any other.
        schema_editor.execute("ANALYZE cases_case")


def drop(apps, schema_editor):
    """Take both away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS cases_pairs")
        schema_editor.execute("DROP FUNCTION IF EXISTS cases_pairs(text, text, text)")


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_notices")]
    operations = [migrations.RunPython(make, drop)]
