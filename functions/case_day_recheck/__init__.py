"""Looks anew at Case Days when the cases whose work is needed on them move, or the people of their teams change."""
