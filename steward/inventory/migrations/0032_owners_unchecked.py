import django.db.models.deletion
from django.db import migrations, models

from steward.inventory.account_view import CREATE, DROP


class Migration(migrations.Migration):
    """Each check of a key costs as much as the row, and people are never deleted (see
    docs/decisions/0019)."""

    dependencies = [
        ("inventory", "0031_one_index_of_addresses"),
    ]

    # SQLite makes a table anew to change it, and a view may not stand on it meanwhile.
    operations = [
        migrations.RunSQL(DROP, CREATE),
        migrations.AlterField(
            model_name="account",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="accounts",
                to="inventory.person",
            ),
        ),
        migrations.AlterField(
            model_name="personemail",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="emails",
                to="inventory.person",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
