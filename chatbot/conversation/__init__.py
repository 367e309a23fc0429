"""A conversation: its sessions, its turns, and what is kept of them.

access.py     who is asking: token -> claims
events.py     what a reply sends, with ids to resume from
reply.py      one reply being written, followed by any number of listeners
keeping.py    what a turn needs and leaves; kept here (stored.py) or by the visitor (ephemeral.py)
turn.py       one turn, start to finish
sessions.py   age and consent become a session
"""
