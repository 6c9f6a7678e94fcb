"""The checks themselves, by what they are about. Each is a function that returns, or raises.

Its name with hyphens is that of the check, the first line of its docstring the rule it checks.
"""
