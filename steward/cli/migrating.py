"""The tables of a new database, made at once; those of an older one, changed step by step.

To go through every migration there ever was takes ten times as long, as Django puts all models
together anew at most of their steps. tests/cli/test_migrating.py holds both ways to the same
tables.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from steward.inventory import account_view, person_index


def bring_up_to_date(using: str = DEFAULT_DB_ALIAS) -> None:
    if MigrationRecorder(connections[using]).applied_migrations():
        call_command("migrate", database=using, interactive=False, verbosity=0)
    else:
        create(using)


def create(using: str = DEFAULT_DB_ALIAS) -> None:
    """All of them or none, and every migration recorded as applied."""
    connection = connections[using]
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        complete(editor)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=using)


def complete(editor: BaseDatabaseSchemaEditor) -> None:
    """What no model describes, and that there is no migration left to apply."""
    editor.execute(account_view.CREATE)
    person_index.latest_first(editor)
    _record(editor)


def _record(editor: BaseDatabaseSchemaEditor) -> None:
    connection = editor.connection
    recorder, migration = MigrationRecorder(connection), MigrationRecorder.Migration
    if not recorder.has_table():
        editor.create_model(migration)
    known = sorted(MigrationExecutor(connection).loader.graph.nodes)
    recorder.migration_qs.bulk_create([migration(app=app, name=name) for app, name in known])
