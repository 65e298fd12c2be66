"""Licences are known as soon as a book is told: those that are open are told anew. An index says of
which licences the app tells when their seats were used."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0013_usage")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="licencetype",
            name="counted",
            field=models.CharField(
                choices=[
                    ("seats", "accounts with a paid seat"),
                    ("role", "accounts of a role"),
                    ("unknown", "nobody can tell"),
                ],
                default="seats",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(
                fields=["license"],
                condition=Q(until=None) & Q(last_active_at__isnull=False),
                name="seat_used",
            ),
        ),
        migrations.RunSQL(
            "UPDATE inventory_book SET untold = TRUE WHERE closed_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
