"""The view that puts the current accounts and their past versions side by side."""

from typing import ClassVar

from django.db import migrations

from steward.inventory.account_view import CREATE, DROP


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]
