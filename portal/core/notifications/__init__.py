"""Bell and e-mail: who is told what, once."""
