"""The guardian's side: invited by a child, identified, asked for consent in own words, and given a portal.

The steps that exist are in consent/guardian.py; nothing here reaches ``active`` but through ``verified``.
"""
