"""Consent as the service keeps it: which notice is in force, receipts, withdrawals, and refusals on record.

editions.py     the notice in force now, the one that is announced, and what an older one left untouched
publishing.py   a changed notice is entered, announced, and takes effect on its day
withdrawn.py    what tokens already out there have lost
auditing.py     refusals of the gate, chained, in the act's own transaction
receipts.py     what the visitor keeps of it all
"""
