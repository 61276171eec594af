"""Words typed as the class of an instrument become codes of the book's list; what the list lacks stays, in words, with the conditions."""

from django.db import migrations


def coded(apps, schema_editor):
    from trihelix.kernel import book

    known = book.current().codes["instrument_classes"]
    codes = {word: code for language in ("zh", "en") for code, word in known.choices(language)}
    resources = apps.get_model("resources", "SharedResource")
    for row in resources.objects.exclude(instrument_class="").iterator():
        word = row.instrument_class.strip()
        if word in codes.values():
            continue
        row.instrument_class = codes.get(word, "other")
        if word not in codes:
            row.conditions = f"{row.conditions}\n仪器类别原填：{word}".strip()
        row.save(update_fields=["instrument_class", "conditions"])


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_initial")]
    operations = [migrations.RunPython(coded, migrations.RunPython.noop)]
