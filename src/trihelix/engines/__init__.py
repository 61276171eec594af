"""What can be computed: pure functions. No Django, no clock, no network, no global state."""
