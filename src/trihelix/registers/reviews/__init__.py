"""Review rounds (评审): items, experts, panels by the allocation engine, scores, ranking."""
