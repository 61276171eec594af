"""Conditional instruments as executable contracts: dated events in, obligations out. Pure and replayable."""

from trihelix.engines.instruments.core import Event, Obligation, Once, PerEvent, When, run, settle
from trihelix.engines.instruments.document import Instrument, demand_ends, example, parse_instrument, present_value, timeline
from trihelix.engines.instruments.fund_first import Conversion, buyback, convert
from trihelix.engines.instruments.models import Models, load_models

__all__ = [
    "Conversion",
    "Event",
    "Instrument",
    "Models",
    "Obligation",
    "Once",
    "PerEvent",
    "When",
    "buyback",
    "convert",
    "demand_ends",
    "example",
    "load_models",
    "parse_instrument",
    "present_value",
    "run",
    "settle",
    "timeline",
]
