"""The database itself refuses to change the journal: facts are only appended, one after the other.

An append must follow the last fact by number and hash, so that even a client with a password cannot fork the
chain; the check on insert also stops SQLite's `INSERT OR REPLACE`, which fires no trigger for what it removes.
"""

from django.db import migrations

SQLITE = {
    "journal_fact_no_update": (
        "CREATE TRIGGER journal_fact_no_update BEFORE UPDATE ON journal_fact "
        "BEGIN SELECT RAISE(ABORT, 'The journal is append-only: a fact cannot be changed'); END"
    ),
    "journal_fact_no_delete": (
        "CREATE TRIGGER journal_fact_no_delete BEFORE DELETE ON journal_fact "
        "BEGIN SELECT RAISE(ABORT, 'The journal is append-only: a fact cannot be deleted'); END"
    ),
    "journal_fact_next_only": (
        "CREATE TRIGGER journal_fact_next_only BEFORE INSERT ON journal_fact "
        "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal_fact) "
        "OR (NEW.seq > 1 AND NEW.previous_hash <> (SELECT hash FROM journal_fact WHERE seq = NEW.seq - 1)) "
        "OR EXISTS (SELECT 1 FROM journal_fact WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'The journal is append-only: a fact must follow the last one'); END"
    ),
    "journal_head_forward": (
        "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_chainhead "
        "WHEN NEW.seq <= OLD.seq OR NEW.id <> OLD.id "
        "BEGIN SELECT RAISE(ABORT, 'The journal is append-only: its head only moves forward'); END"
    ),
    "journal_head_no_delete": (
        "CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_chainhead "
        "BEGIN SELECT RAISE(ABORT, 'The journal is append-only: its head cannot be deleted'); END"
    ),
    "journal_head_no_second": (
        "CREATE TRIGGER journal_head_no_second BEFORE INSERT ON journal_chainhead "
        "WHEN EXISTS (SELECT 1 FROM journal_chainhead) "
        "BEGIN SELECT RAISE(ABORT, 'The journal is append-only: it has one head'); END"
    ),
}

POSTGRESQL = [
    """
    CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'The journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE FUNCTION journal_next_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last record;
    BEGIN
        SELECT seq, hash INTO last FROM journal_fact ORDER BY seq DESC LIMIT 1;
        IF NEW.seq <> COALESCE(last.seq, 0) + 1 OR (NEW.seq > 1 AND NEW.previous_hash <> last.hash) THEN
            RAISE EXCEPTION 'The journal is append-only: fact % must follow the last one', NEW.seq
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION journal_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seq <= OLD.seq OR NEW.id <> OLD.id THEN
            RAISE EXCEPTION 'The journal is append-only: its head only moves forward'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER journal_fact_no_change BEFORE UPDATE OR DELETE ON journal_fact "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE TRIGGER journal_fact_no_truncate BEFORE TRUNCATE ON journal_fact "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    "CREATE TRIGGER journal_fact_next_only BEFORE INSERT ON journal_fact "
    "FOR EACH ROW EXECUTE FUNCTION journal_next_only()",
    "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_chainhead "
    "FOR EACH ROW EXECUTE FUNCTION journal_head_forward()",
    "CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_chainhead "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE TRIGGER journal_head_no_truncate BEFORE TRUNCATE ON journal_chainhead "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
]

POSTGRESQL_LIFT = [
    "DROP TRIGGER journal_fact_no_change ON journal_fact",
    "DROP TRIGGER journal_fact_no_truncate ON journal_fact",
    "DROP TRIGGER journal_fact_next_only ON journal_fact",
    "DROP TRIGGER journal_head_forward ON journal_chainhead",
    "DROP TRIGGER journal_head_no_delete ON journal_chainhead",
    "DROP TRIGGER journal_head_no_truncate ON journal_chainhead",
    "DROP FUNCTION journal_refuse()",
    "DROP FUNCTION journal_next_only()",
    "DROP FUNCTION journal_head_forward()",
]


def set_guard(apps, schema_editor):
    """Put the triggers on; the first head stands before any writer comes, so that none races to make it."""
    ChainHead = apps.get_model("journal", "ChainHead")
    ChainHead.objects.get_or_create(pk=1, defaults={"seq": 0, "hash": "0" * 64})
    for sql in SQLITE.values() if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(sql, params=None)


def lift_guard(apps, schema_editor):
    """Take the triggers off."""
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}", params=None)
    else:
        for sql in POSTGRESQL_LIFT:
            schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(set_guard, lift_guard)]
