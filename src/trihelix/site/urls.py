"""All addresses of the site: pages of its own, the API, then every declared register by the same pattern."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, register_converter

from trihelix.kernel.register import REGISTERS, Register
from trihelix.site import partner
from trihelix.site.api import api
from trihelix.site.pages import (
    accounts,
    acts,
    batch,
    desk,
    feeds,
    files,
    home,
    imports,
    inbox,
    lists,
    objections,
    partners,
    people,
    portal,
    records,
    search,
    stations,
    teamwork,
)


class RegisterConverter:
    """Admits the ids of declared registers only; the view gets the declaration."""

    regex = "[a-z][a-z0-9_-]*"

    def to_python(self, value: str) -> Register:
        if value not in REGISTERS:
            raise ValueError(value)
        return REGISTERS[value]

    def to_url(self, value: Register | str) -> str:
        return value if isinstance(value, str) else value.id


class FormatConverter:
    """The kinds of file that a list can be exported to."""

    regex = "|".join(lists.FORMATS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RegisterConverter, "register")
register_converter(FormatConverter, "format")


def register_pages() -> list[URLPattern | URLResolver]:
    """Pages that registers bring along (``pages.py`` with ``urlpatterns``), before the generic ones."""
    modules = [f"{app}.pages" for app in settings.REGISTER_APPS]
    return [path("", include(import_module(m).urlpatterns)) for m in modules if find_spec(m) is not None]


RECORD = "<register:register>/<uuid:uid>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", home.home, name="home"),
    path("health/", home.health, name="health"),
    path("help/", home.help_page, name="help"),
    path("help/pages/<slug:page>/", home.help_on_page, name="help-page"),
    path("help/<register:register>/", home.help_on_register, name="help-register"),
    path("language/", home.language, name="language"),
    path("inbox/", inbox.show, name="inbox"),
    path("inbox/snooze/", teamwork.snooze, name="snooze"),
    path("inbox/<int:wait>/", teamwork.assign, name="task"),
    path("account/", desk.account, name="account"),
    path("account/<slug:what>/", desk.account_do, name="account-do"),
    path("saved/", desk.saved, name="saved"),
    path("saved/<uuid:uid>/", desk.saved_change, name="saved-change"),
    path("saved/stop/<str:token>/", desk.saved_stop, name="saved-stop"),
    path("starred/", desk.starred, name="starred"),
    path("jobs/<uuid:uid>/", desk.job, name="job"),
    path("calendar/<str:secret>.ics", feeds.calendar, name="calendar-feed"),
    path("feeds/<register:register>.atom", feeds.atom, name="atom"),
    path("map/<register:register>/", portal.map_page, name="map"),
    path("areas/<slug:area>/", portal.area_page, name="area"),
    path("stations/", stations.listing, name="stations"),
    path("stations/<uuid:uid>/", stations.show, name="station"),
    path("publicity/", objections.listing, name="publicity"),
    path("glossary/", portal.glossary, name="glossary"),
    path("accounts/people/", people.manage, name="people-manage"),
    path("accounts/people/template.xlsx", people.staff_template, name="staff-template"),
    path("invitation/<str:word>/", people.invitation, name="invitation"),
    path("link/<str:word>/", teamwork.link, name="link"),
    path("link/<str:word>/files/<uuid:file>/", teamwork.link_file, name="link-file"),
    path("notices/", accounts.notices, name="notices"),
    path("notices/read/", accounts.read, name="notices-read"),
    path("search/", search.show, name="search"),
    path("search/palette/", search.palette, name="palette"),
    path("lookup/<register:register>/", search.lookup, name="lookup"),
    path("accounts/login/", accounts.login, name="login"),
    path("accounts/logout/", accounts.logout, name="logout"),
    path("accounts/partners/", partners.manage, name="partners"),
    path("accounts/oidc/<str:provider_id>/login/callback/", partner.callback, name="openid_connect_callback"),
    path("accounts/", include("allauth.urls")),
    path("", include("allauth.idp.urls")),
    *register_pages(),
    path("<register:register>/", lists.show, name="list"),
    path("<register:register>/export.<format:fmt>", lists.export, name="export"),
    path("<register:register>/template.xlsx", lists.template, name="template"),
    path("<register:register>/new/", acts.new, name="new"),
    path("<register:register>/import/", imports.start, name="import"),
    path("<register:register>/import/<str:token>/", imports.preview, name="import-preview"),
    path("<register:register>/import/<str:token>/errors.xlsx", imports.marked, name="import-errors"),
    path("<register:register>/batch/", batch.batch, name="batch"),
    path("<register:register>/imports/<uuid:uid>/undo/", imports.take_back, name="import-undo"),
    path(RECORD + "marks/<slug:what>/", teamwork.mark, name="mark"),
    path(RECORD + "editing/", teamwork.editing, name="editing"),
    path(RECORD + "restore/", teamwork.restore, name="restore"),
    path(RECORD + "links/", teamwork.record_links, name="record-links"),
    path(RECORD + "case.pdf", teamwork.case_pdf, name="case-pdf"),
    path(RECORD, records.show, name="record"),
    path(RECORD + "objection/", objections.file, name="object"),
    path(RECORD + "edit/", acts.edit, name="edit"),
    path(RECORD + "acts/<slug:act>/", acts.act, name="act"),
    path(RECORD + "files/", files.upload, name="files"),
    path(RECORD + "files/<uuid:file>/", files.download, name="file"),
]
