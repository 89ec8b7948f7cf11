"""Technical services: database, clock, secrets, jobs, mail, files, papers. No domain word."""
