"""Accounts: sign-up, sign-in, sessions, passwords, the person's own page, parked forms.

No page, status or number of costly operations tells whether an e-mail has an account.
"""
