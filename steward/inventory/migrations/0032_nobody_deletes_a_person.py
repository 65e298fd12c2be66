"""No person is ever deleted, so the database need not look for them behind each row."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from steward.inventory.account_view import CREATE, DROP


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0031_one_index_of_addresses")]

    operations: ClassVar = [
        # SQLite cannot remake a table that a view stands on.
        migrations.RunSQL(DROP, CREATE),
        migrations.AlterField(
            model_name="account",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="inventory.person",
            ),
        ),
        migrations.AlterField(
            model_name="personemail",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="emails",
                to="inventory.person",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
