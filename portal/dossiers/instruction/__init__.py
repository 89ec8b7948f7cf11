"""Instruction by the OPCO's staff: the queue, the examination, requests for more, decisions."""
