"""Measurements that anybody can repeat: `python -m bench`, or one part of it by name."""
