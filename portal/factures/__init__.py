"""Requests for reimbursement, proformas, invoices."""
