"""Mandats de gestion: given, dated, revocable; what they allow is computed in SQL."""
