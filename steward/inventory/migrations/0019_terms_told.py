from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0018_application_records")]

    operations = [
        migrations.AddField("contract", name, models.DateField(null=True))
        for name in ("rolled_starts_on", "rolled_ends_on", "rolled_notice_on")
    ]
