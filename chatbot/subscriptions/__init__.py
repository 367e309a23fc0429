"""Subscribing by e-mail: nothing is kept until it is confirmed in a mail, nothing is sent without a yes on record.

parts.py      keys, links, the way out for mail
asking.py     a request becomes a sealed link in a mail; no row
choosing.py   the link confirmed becomes a row and a yes; later changes, and the end
sending.py    one letter to many, each checked against the ledger at its moment, none twice
letters.py    what is written: a file, a changed notice, a changed policy
counting.py   whom a letter is for, and how its messages stand
duties.py     a reminder before a yes runs out, the end when it does
pages.py      the pages, without any script
"""
