from django.db import migrations, models


class Migration(migrations.Migration):
    """The key of a sealed call is held by three keepers, as that of a sealed lot is."""

    dependencies = [("programmes", "0003_objection_identity")]

    operations = [
        migrations.RenameField("call", "recipient", "lot_key"),
        migrations.AddField("call", "keepers", models.JSONField(blank=True, default=list, help_text="[{user, username, public_key}], three")),
        migrations.AddField(
            "call", "wrapped", models.JSONField(blank=True, default=dict, help_text="{pair: secret key, encrypted to both keepers}")
        ),
        migrations.AddField("call", "peeled", models.JSONField(blank=True, default=dict, help_text="{pair: {layer, by, at}}")),
        migrations.AddField("call", "opened_early", models.BooleanField(default=False)),
        migrations.AddField(
            "call", "opening", models.JSONField(blank=True, default=list, help_text="[{n, number, owner, sha256, intact, valid}]")
        ),
    ]
