"""From the request for reimbursement to the invoice: proforma, deposit, checks, bank details."""
