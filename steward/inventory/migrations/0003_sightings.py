"""Who was seen is noted in bits beside the accounts, no longer in each of them; how much a sync
may remove unasked is a setting of each instance. Addresses are looked up among the people's."""

from typing import ClassVar

from django.db import migrations, models

from steward.inventory.account_view import CREATE, DROP

# SQLite cannot remake a table that a view stands on.
_DROP = migrations.RunSQL(DROP, CREATE)
_CREATE = migrations.RunSQL(CREATE, DROP)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0002_account_at")]

    operations: ClassVar = [
        _DROP,
        migrations.RemoveIndex("account", "inventory_a_email_k_9d7455_idx"),
        migrations.RemoveField("account", "email_key"),
        migrations.AlterField("person", "email", models.CharField(max_length=254)),
        migrations.RemoveField("account", "seen"),
        migrations.AddField(
            "account", "missing", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddIndex(
            "account",
            models.Index(
                fields=["instance"], condition=models.Q(missing=True), name="account_missing"
            ),
        ),
        migrations.RemoveField("instance", "accounts_run"),
        migrations.AddField(
            "instance", "guard_share", models.PositiveSmallIntegerField(default=30)
        ),
        migrations.AddField("instance", "guard_count", models.PositiveIntegerField(default=20)),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("book", models.BigIntegerField()),
                ("run", models.BigIntegerField()),
                ("chunk", models.BigIntegerField()),
                ("bits", models.BinaryField(max_length=1024)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["book", "run", "chunk"], name="sighting_once")
                ]
            },
        ),
        _CREATE,
    ]
