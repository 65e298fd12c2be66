from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform

from steward.inventory import person_index


def latest_first(apps, schema_editor):
    person_index.latest_first(schema_editor)


def forget(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS person_active_last")


def worked_out(attribute):
    return models.GeneratedField(
        db_persist=True,
        expression=KeyTextTransform(attribute, "attributes"),
        output_field=models.TextField(null=True),
    )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0025_schedules_and_webhooks")]

    operations = [
        migrations.AddField("applicationaccess", "grants", models.JSONField(default=list)),
        migrations.AddField("person", "in_department", worked_out("department")),
        migrations.AddField("person", "in_location", worked_out("location")),
        migrations.AddIndex(
            "person", models.Index(fields=["in_department"], name="person_department")
        ),
        migrations.AddIndex("person", models.Index(fields=["in_location"], name="person_location")),
        migrations.AddIndex(
            "person", models.Index(fields=["told_last_active"], name="person_active")
        ),
        migrations.RunPython(latest_first, forget),
    ]
