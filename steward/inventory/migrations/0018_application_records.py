"""Applications are merged and split; owners that were entered as text become the people they are,
where the text is the address of somebody known."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from steward.inventory.matching import email_key


def owners_become_people(apps, schema_editor):
    addresses = apps.get_model("inventory", "PersonEmail").objects
    for row in apps.get_model("inventory", "Application").objects.exclude(owner=""):
        key = email_key(row.owner)
        person = addresses.filter(key=key).values_list("person", flat=True).first() if key else None
        if person and not row.business_owner_id:
            row.business_owner_id, row.owner = person, ""
            row.save(update_fields=["business_owner", "owner"])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def people_become_owners(apps, schema_editor):
    rows = apps.get_model("inventory", "Application").objects.filter(owner="")
    for row in rows.exclude(business_owner=None).select_related("business_owner"):
        row.owner = row.business_owner.email
        row.save(update_fields=["owner"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("inventory", "0017_people_list_and_import_drafts"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="application",
            name="told_beside",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="application",
            name="told_humans",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="told_humans_active",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="beside",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="ApplicationChange",
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
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="changes",
                        to="inventory.application",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="inventory.application",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=300)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.application",
                    ),
                ),
                (
                    "instance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="inventory.instance",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("instance", "external_id"), name="placed_once")
                ],
            },
        ),
        migrations.RunPython(owners_become_people, people_become_owners),
    ]
