"""What third-party apps may do, where a read of changes can begin, and whom to believe about who
works here. Apps that are known already were seen by the stream of apps, the only one there was."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("inventory", "0009_tallies"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Describing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_to", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("scopes", models.JSONField(default=list)),
                ("reading", models.JSONField(default=list)),
                ("granted_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("granted_by", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="instance",
            name="says_who_works",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="person",
            name="manager",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reports",
                to="inventory.person",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="manager_sought",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="in_activity",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="in_apps",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="in_grants",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="publisher",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="verified",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="streamstate",
            name="mark",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="streamstate",
            name="mark_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="streamstate",
            name="whole_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("manager_sought", True)),
                fields=["id"],
                name="person_manager_sought",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="grants",
                to="inventory.account",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="app",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="grants",
                to="inventory.seenapp",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="instance",
            field=models.ForeignKey(
                db_column="book",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="inventory.instance",
                to_field="book",
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("until", None)), fields=["instance", "seen"], name="grant_swept"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("app", "account"), name="grant_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None), ("account", None)),
                fields=("app",),
                name="grant_once_for_all",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("manager__isnull", False)),
                fields=["manager"],
                name="person_managed",
            ),
        ),
        migrations.RemoveIndex(model_name="person", name="person_merged"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="person_merged",
            ),
        ),
        migrations.RunSQL(
            "UPDATE inventory_seenapp SET in_apps = seen WHERE until IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
