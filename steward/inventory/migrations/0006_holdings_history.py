"""Who held what is kept with its time. Of what is held already nobody knows since when."""

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("inventory", "0005_run_worker"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="assignment",
            name="assignment_once",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_once",
        ),
        migrations.RemoveConstraint(
            model_name="seat",
            name="seat_once",
        ),
        migrations.RemoveIndex(
            model_name="assignment",
            name="inventory_a_book_0e504b_idx",
        ),
        migrations.RemoveIndex(
            model_name="membership",
            name="inventory_m_book_1754aa_idx",
        ),
        migrations.RemoveIndex(
            model_name="seat",
            name="inventory_s_book_f2d7b4_idx",
        ),
        migrations.AddField(
            model_name="assignment",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="assignment",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="group",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="group",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="license",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="license",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="membership",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="seat",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="seat",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="seenapp",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="seenapp",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("until", None)),
                fields=["instance", "seen"],
                name="assignment_swept",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("until", None)),
                fields=["instance", "seen"],
                name="membership_swept",
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(
                condition=models.Q(("until", None)), fields=["instance", "seen"], name="seat_swept"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("app", "account"),
                name="assignment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("group", "account"),
                name="membership_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("license", "account"), name="seat_once"
            ),
        ),
    ]
