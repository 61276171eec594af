"""Matching (供需匹配): a need finds its results, with reasons. Start at :mod:`trihelix.engines.matching.pipeline`; method in ``docs/matching.md``."""
