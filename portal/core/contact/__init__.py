"""« Aide et contacts »: whom to call, whether somebody answers now, how to write."""
