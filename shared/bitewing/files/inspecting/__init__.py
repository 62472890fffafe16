"""Reads hostile files and says what they are; the only room that knows numpy and Pillow."""
