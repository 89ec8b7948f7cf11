"""Habilitations as people read and change them: lines, matrix, « voir comme », bulk."""
