"""The two steps, compute and draw, of the views that fit many models."""
