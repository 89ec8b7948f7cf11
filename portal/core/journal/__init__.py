"""The audit journal: who did what, when, to what. Append-only, sealed into a hash chain by a job.

A line is written in the transaction of its change. A chain inside that transaction would make all
writing wait in a queue, so a job seals what is new every minute (`sceaux`).
"""
