from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0012_what_people_enter")]

    operations = [
        migrations.AddField("contract", name, models.DateField(null=True))
        for name in ("began_on", "rolled_starts_on", "rolled_ends_on", "rolled_notice_on")
    ]
