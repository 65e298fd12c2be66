"""Which attempt at a run last got further."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0003_sightings")]

    operations: ClassVar = [
        migrations.AddField("run", "moved", models.PositiveIntegerField(default=0)),
    ]
