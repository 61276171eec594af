"""Laboratories typed as text point to the platform of that name, number or ref; what names none, or several, stays as it was typed.

Apart from the change of the table: PostgreSQL adds the foreign key at the end of a migration, after which rows may point through it.
"""

from django.db import migrations


def pointed(apps, schema_editor):
    Service, Record = apps.get_model("services", "ResearcherService"), apps.get_model("kernel", "Record")
    platforms = {}
    for pk, owner, *names in Record.objects.filter(register="platforms", merged_into=None).values_list("pk", "owner_id", "title", "number", "ref"):
        for name in {n for n in names if n}:
            platforms.setdefault(name, []).append((pk, owner))
    moved = []
    for service in Service.objects.exclude(laboratory_name="").select_related("record").iterator():
        hits = platforms.get(service.laboratory_name.strip(), [])
        own = [hit for hit in hits if hit[1] == service.record.owner_id]
        if len(hits) == 1 or len(own) == 1:
            service.laboratory_id, service.laboratory_name = (own or hits)[0][0], ""
            moved.append(service)
    Service.objects.bulk_update(moved, ["laboratory", "laboratory_name"], batch_size=200)


def named(apps, schema_editor):
    Service = apps.get_model("services", "ResearcherService")
    for service in Service.objects.exclude(laboratory=None).select_related("laboratory").iterator():
        service.laboratory_name = service.laboratory.title[:120]
        service.save(update_fields=["laboratory_name"])


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0001_initial"),
        ("platforms", "0001_initial"),
        ("services", "0002_laboratories"),
    ]

    operations = [migrations.RunPython(pointed, named)]
