"""Events of the technology market: trainings, roadshows, matching events, attendance, signed outcomes, releases."""
