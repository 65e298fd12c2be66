from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0030_grants_counted"),
    ]

    operations = [
        migrations.AlterField(
            model_name="personemail",
            name="key",
            field=models.CharField(max_length=254),
        ),
        migrations.AddConstraint(
            model_name="personemail",
            constraint=models.UniqueConstraint(fields=("key",), name="one_person_an_address"),
        ),
    ]
