"""Consent as the service keeps it: which notice is in force, receipts, withdrawals, and refusals on record.

editions.py     the notice in force now, what is announced, and what an older one left untouched
policies.py     the policies in force now, and every edition of them
publishing.py   a changed notice or policy is entered, announced, and takes effect on its day
announcing.py   what is said of it, and telling every channel
delivered.py    how often it was told
withdrawn.py    what tokens already out there have lost
auditing.py     refusals of the gate, chained, in the act's own transaction
receipts.py     what the visitor keeps of it all
"""
