from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0029_reviews_of_one"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="grant",
            name="grant_swept",
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("until", None)),
                fields=["instance", "seen", "until"],
                name="grant_swept",
            ),
        ),
    ]
