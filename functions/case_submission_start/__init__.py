"""Starts the handing over of each submitted case."""
