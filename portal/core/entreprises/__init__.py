"""Companies and establishments: the local copy of the register, and who advises them."""
