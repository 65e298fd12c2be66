from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0032_owners_unchecked"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="reviewitem",
            name="review_by_decision",
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("until", None), ("last_used_at__isnull", False)),
                fields=["app"],
                name="grant_used",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewitem",
            index=models.Index(
                fields=["review", "decision", "reviewer", "application"], name="review_by_decision"
            ),
        ),
    ]
