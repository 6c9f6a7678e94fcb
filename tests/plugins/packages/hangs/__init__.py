"""A plugin that never finishes its import."""

import time

time.sleep(120)
