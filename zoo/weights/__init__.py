"""Obtain weights: planned by a pure function, then carried out, always with source and reason."""
