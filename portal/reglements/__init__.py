"""Payment runs: prepared by one accountant, approved by another, told by the bank's return."""
