"""The demonstration: personas, data, supervisor, its own pages."""
