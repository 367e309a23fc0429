"""`chatbot doctor`: look at the whole set-up, say in plain words what is wrong, and how to mend it.

finding.py   what a check says
machine.py   Python, packages, SQLite, clock, port
files.py     settings, the var folder, secrets, data files
papers.py    contracts and vettings that lapse
keys.py      the secret under which conversations were kept
running.py   redaction, model, tracing, database, Valkey, knowledge

A check changes nothing, and shows names and places, never the value of a secret.
"""

from chatbot.cli.doctor.command import doctor

__all__ = ["doctor"]
