"""Rules of the house that no ready-made tool knows."""
