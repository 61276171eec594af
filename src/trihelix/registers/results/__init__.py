"""Results of research (科技成果) that can be transferred."""
