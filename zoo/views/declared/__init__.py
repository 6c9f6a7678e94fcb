"""Declarations of the views that come with the zoo, by topic: light data, read by every command."""
