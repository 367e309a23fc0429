"""What the service decides, what went wrong, what a law holds, and whom it tells: records of ids, scores and moments.

log.py          automated decisions, each open to a person's review
incidents.py    incidents, with the clocks of the law
holds.py        conversations that a law keeps from being erased
downstream.py   operators that are told of erasures, corrections and withdrawals
prints.py       which server secrets were in use here
"""
