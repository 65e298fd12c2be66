"""What third-party apps may do is told of applications, people and scopes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0019_terms_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicationAccess",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="access",
                        serialize=False,
                        to="inventory.application",
                    ),
                ),
                ("publisher", models.CharField(blank=True, default="", max_length=300)),
                ("verified", models.BooleanField(null=True)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("because", models.CharField(blank=True, default="", max_length=1000)),
                ("integration", models.CharField(blank=True, default="", max_length=100)),
                ("scopes", models.PositiveIntegerField(default=0)),
                ("unknown_scopes", models.PositiveIntegerField(default=0)),
                ("people", models.PositiveIntegerField(default=0)),
                ("accounts", models.PositiveIntegerField(default=0)),
                ("for_all", models.BooleanField(default=False)),
                ("first_at", models.DateTimeField(null=True)),
                ("risky_at", models.DateTimeField(null=True)),
                ("newest_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PersonAccess",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="access",
                        serialize=False,
                        to="inventory.person",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("applications", models.PositiveIntegerField(default=0)),
                ("risky", models.PositiveIntegerField(default=0)),
                ("newest_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ScopeAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("book", models.BigIntegerField()),
                ("scope", models.CharField(blank=True, max_length=1000)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("grants", models.PositiveIntegerField(default=0)),
                ("for_all", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="grant",
            name="appeared_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="grant",
            name="level",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("until", None)), fields=["level", "id"], name="grant_level"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("until", None)), fields=["appeared_at"], name="grant_appeared"
            ),
        ),
        migrations.AddIndex(
            model_name="personaccess",
            index=models.Index(fields=["-level", "-risky", "person"], name="person_access_level"),
        ),
        migrations.AddField(
            model_name="scopeaccess",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scope_access",
                to="inventory.application",
            ),
        ),
        migrations.AddIndex(
            model_name="scopeaccess",
            index=models.Index(fields=["book", "application"], name="scope_access_book"),
        ),
        migrations.RunSQL(
            "UPDATE inventory_book SET untold = TRUE WHERE closed_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
