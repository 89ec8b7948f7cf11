"""Files of the public register: read line by line, written batch by batch, run again at will."""
