"""How fast and how exact the rule engine is, against OpenFisca and row-by-row evaluators."""
