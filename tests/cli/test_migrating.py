"""A new database has the very tables that one has which went through every migration."""

import re
import sqlite3
from collections import defaultdict

import psycopg
import pytest

from tests.processes import Steward

STEP_BY_STEP = """
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
"""
CATALOGUE = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length,"
    " numeric_precision, numeric_scale, is_nullable, column_default, is_identity,"
    " generation_expression FROM information_schema.columns WHERE table_schema = 'public'"
    # Django has wider keys here where a migration makes the table.
    " AND (table_name, column_name) <> ('auth_group_permissions', 'id')",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
}
ROWS = {
    "migrations": "SELECT app, name FROM django_migrations",
    "permissions": "SELECT codename FROM auth_permission",
    "kinds": "SELECT app_label, model FROM django_content_type",
}


def parts(sql):
    """Of a table what is between its commas, in no order: one that was changed has its newest
    columns last. Django writes the values of a set in the order in which it finds them."""
    head, _, body = sql.partition("(")
    depth, found = 0, [""]
    for letter in body.removesuffix(")"):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return head, sorted(re.sub(r"IN \(([^)]*)\)", in_order, part.strip()) for part in found)


def in_order(found):
    return f"IN ({sorted(found[1].split(','))})"


def of_sqlite(steward):
    with sqlite3.connect(steward.folder / "steward.sqlite3") as database:
        made = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        found = {
            f"{kind} {name}": parts(sql) if kind == "table" else sql
            for kind, name, sql in database.execute(made)
        }
        return found | {name: sorted(database.execute(asked)) for name, asked in ROWS.items()}


def of_postgresql(url):
    found = defaultdict(list)
    with psycopg.connect(url) as database:
        for name, asked in {**CATALOGUE, **ROWS}.items():
            for first, *rest in database.execute(asked):
                found[f"{name} {first}"].append(repr(rest))
    return {name: sorted(rows) for name, rows in found.items()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_new_database_is_as_one_that_was_changed_step_by_step(kind, tmp_path, request):
    def made(name, how):
        server = request.getfixturevalue("postgresql") if kind == "postgresql" else None
        url = server.database(name) if server else ""
        (tmp_path / name).mkdir()
        steward = Steward(tmp_path / name, url)
        how(steward)
        assert steward.run("db", "status").returncode == 0
        return of_postgresql(url) if server else of_sqlite(steward)

    new = made("at_once", lambda steward: steward.run("db", "migrate"))
    changed = made("in_steps", lambda steward: steward.python(STEP_BY_STEP))
    assert len(new) > 80
    assert new == changed
