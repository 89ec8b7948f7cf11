"""`make bench`: the list page measured against its own ceilings, in one run, on this machine."""
