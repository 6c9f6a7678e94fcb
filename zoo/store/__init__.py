"""What is kept and how it gets here: folders, whole files, locks, downloads, mirrors.

Nothing is re-exported: each module is imported by name, so that nobody pays for another's imports.
"""
