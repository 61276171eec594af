"""A service's laboratory points to the register of platforms; the text typed before is kept beside it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0001_initial"),
        ("platforms", "0001_initial"),
        ("services", "0001_initial"),
    ]

    operations = [
        migrations.RenameField(model_name="researcherservice", old_name="laboratory", new_name="laboratory_name"),
        migrations.AlterField(
            model_name="researcherservice", name="laboratory_name",
            field=models.CharField(blank=True, help_text="a laboratory that is on no register", max_length=120),
        ),
        migrations.AddField(
            model_name="researcherservice", name="laboratory",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="laboratory_services", to="kernel.record"),
        ),
    ]
