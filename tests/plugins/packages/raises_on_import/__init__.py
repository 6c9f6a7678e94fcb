"""A plugin that cannot be imported."""

raise ValueError("the moon is not full\nand this is a second line")
