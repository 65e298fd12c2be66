"""Who uses which application, and how many a day."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("inventory", "0012_what_people_enter"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="UseDue",
            fields=[
                ("book", models.BigIntegerField(primary_key=True, serialize=False)),
                ("told_at", models.DateTimeField(null=True)),
                ("took", models.FloatField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="UseTold",
            fields=[
                ("application", models.BigIntegerField(primary_key=True, serialize=False)),
                ("source", models.CharField(blank=True, max_length=10)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("day", models.DateField()),
                ("users", models.PositiveIntegerField(default=0)),
                ("in_30", models.PositiveIntegerField(default=0)),
                ("in_60", models.PositiveIntegerField(default=0)),
                ("in_90", models.PositiveIntegerField(default=0)),
                ("before_30", models.PositiveIntegerField(default=0)),
                ("before_60", models.PositiveIntegerField(default=0)),
                ("before_90", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="book",
            name="days_from",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="PersonValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "value"), name="person_value_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="UseOfDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("application", models.BigIntegerField()),
                ("day", models.DateField()),
                ("active", models.PositiveIntegerField()),
                ("in_7", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("application", "day"), name="use_of_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Use",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("human", models.BigIntegerField()),
                ("name", models.CharField(blank=True, max_length=300)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("status", models.CharField(max_length=10)),
                ("source", models.CharField(blank=True, max_length=10)),
                ("last_active", models.DateField(null=True)),
                ("w0", models.BigIntegerField(db_default=0, default=0)),
                ("w1", models.BigIntegerField(db_default=0, default=0)),
                ("w2", models.BigIntegerField(db_default=0, default=0)),
                ("w3", models.BigIntegerField(db_default=0, default=0)),
                ("w4", models.BigIntegerField(db_default=0, default=0)),
                ("w5", models.BigIntegerField(db_default=0, default=0)),
                ("w6", models.BigIntegerField(db_default=0, default=0)),
                ("w7", models.BigIntegerField(db_default=0, default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="inventory.account",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="uses",
                        to="inventory.application",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="uses",
                        to="inventory.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["application", "name", "id"], name="use_by_name"),
                    models.Index(fields=["application", "last_active"], name="use_by_day"),
                    models.Index(
                        condition=models.Q(("person__isnull", False)),
                        fields=["person"],
                        name="use_of_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "human"), name="use_once")
                ],
            },
        ),
    ]
