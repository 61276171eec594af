"""Intake (征集): the event of collecting a need or a result, counted apart from publication."""
