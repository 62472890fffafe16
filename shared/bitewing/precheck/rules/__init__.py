"""The PreCheck rules, one file a rule; each file's ``ID`` is the rule's stable id."""
