"""What people decide about who is who, and whom to ask about."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from steward.inventory.account_view import CREATE, DROP

# SQLite cannot remake a table that a view stands on.
_DROP = migrations.RunSQL(DROP, CREATE)
_CREATE = migrations.RunSQL(CREATE, DROP)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("inventory", "0007_shared_window"),
    ]

    operations: ClassVar = [
        _DROP,
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=300)),
                ("kind", models.CharField(blank=True, max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="Distinct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdentityChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=10)),
                ("by", models.CharField(max_length=254)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_by", models.CharField(blank=True, max_length=254)),
                ("undone_at", models.DateTimeField(null=True)),
                ("moved", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="doubtful",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="inventory.person",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("merged_into", None), _negated=True),
                fields=["merged_into"],
                name="person_merged",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("doubtful", True)), fields=["instance"], name="account_doubtful"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="instance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decisions",
                to="inventory.instance",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="inventory.person",
            ),
        ),
        migrations.AddField(
            model_name="distinct",
            name="one",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.person"
            ),
        ),
        migrations.AddField(
            model_name="distinct",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inventory.person"
            ),
        ),
        migrations.AddField(
            model_name="identitychange",
            name="other",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="inventory.person",
            ),
        ),
        migrations.AddField(
            model_name="identitychange",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="inventory.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("instance", "external_id"), name="decided_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="distinct",
            constraint=models.UniqueConstraint(fields=("one", "other"), name="distinct_once"),
        ),
        _CREATE,
    ]
