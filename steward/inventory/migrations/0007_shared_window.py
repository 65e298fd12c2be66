"""What workers know together of how many requests a tenant still takes."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0006_holdings_history")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SharedWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=400, unique=True)),
                ("window", models.JSONField(default=dict)),
            ],
        ),
    ]
