"""The functions: one folder each, and none imports another.

A start imports hundreds of modules, and what they define stays for good. At Python's usual threshold the
garbage collector looks through it again and again meanwhile, a seventh of the whole start. Counting references
frees nearly everything that a request leaves behind; what is left in cycles still goes, only later.

Pydantic would read what every installed package says of itself, to find plugins. There are none.
"""

import gc
import os

#: Objects made and not freed before the collector looks; Python's default is 2,000 or less.
gc.set_threshold(200_000)
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
