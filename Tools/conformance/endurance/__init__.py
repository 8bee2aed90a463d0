"""Long runs and measurements."""
