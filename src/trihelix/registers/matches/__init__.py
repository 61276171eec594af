"""Matches (供需对接): a need and a result, answers with reasons, messages, hand-over."""
