"""The REST API under ``/api/v1/``: every declared register, with the same actions and refusals as the pages."""

from trihelix.kernel.register import REGISTERS
from trihelix.site.api import base, parts, records, root

api = base.make()
api.add_router("", root.routes)
api.add_router("", parts.routes)
for _register in REGISTERS.values():
    api.add_router(f"/{_register.id}", records.router(_register))

__all__ = ["api"]
