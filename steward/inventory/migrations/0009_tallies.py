"""Figures that are counted when what they count has changed."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from steward.inventory.account_view import CREATE, DROP

# SQLite cannot remake a table that a view stands on.
_DROP = migrations.RunSQL(DROP, CREATE)
_CREATE = migrations.RunSQL(CREATE, DROP)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("inventory", "0008_identity"),
    ]

    operations: ClassVar = [
        _DROP,
        migrations.AddField(
            model_name="book",
            name="changes",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="book",
            name="live",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="book",
            name="present",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="book",
            name="recent",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="book",
            name="seats",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="book",
            name="tells_activity",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="book",
            name="tells_seats",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="book",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="book",
            name="was_directory",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="book",
            name="untold",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="person",
            name="told_accounts",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="person",
            name="told_last_active",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="told_leaver",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="person",
            name="told_live",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="person",
            name="told_present",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="person",
            name="told_standing",
            field=models.CharField(blank=True, db_default="", default="", max_length=5),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["name", "id"], name="account_by_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                models.OrderBy(models.F("told_leaver"), descending=True),
                models.F("name"),
                models.F("id"),
                name="person_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["told_standing", "told_accounts"], name="person_standing"),
        ),
        migrations.AddField(
            model_name="application",
            name="told_active",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="application",
            name="told_accounts",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="told_sign_ins",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="application",
            name="told_users",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="account",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="accounts",
                to="inventory.person",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["person", "instance"], name="account_by_person"),
        ),
        _CREATE,
    ]
