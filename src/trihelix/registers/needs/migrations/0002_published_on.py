"""The day of publication becomes a column of the sheet, so that history can be imported."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations, models


def carry_over(apps: Any, schema_editor: Any) -> None:
    for need in apps.get_model("needs", "Need").objects.exclude(published_at=None).iterator():
        moment: dt.datetime = need.published_at
        need.published_on = moment.astimezone(ZoneInfo("Asia/Shanghai")).date()
        need.save(update_fields=["published_on"])


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial")]
    operations = [
        migrations.AddField("need", "published_on", models.DateField(blank=True, null=True)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField("need", "published_at"),
    ]
