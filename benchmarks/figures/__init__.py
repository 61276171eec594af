"""How long figures take over many records, and with how many queries."""
