"""Which worker carries out a run."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0004_run_moved")]

    operations: ClassVar = [
        migrations.AddField("run", "worker", models.CharField(blank=True, max_length=100)),
    ]
