"""Subscribing by e-mail: nothing is kept until it is confirmed in a mail, nothing is sent without a yes on record.

parts.py      keys, links, the way out for mail
asking.py     a request is judged; nothing is looked up, and every answer is the same
errands.py    the first mail leaves after the answer, and is never written down
choosing.py   the link confirmed becomes a row and a yes; later changes, and the end
sending.py    one letter to many, each checked against the ledger at its moment
letters.py    what is written: a file, a notice or a policy that changes
counting.py   whom a letter is for, and how its messages stand
duties.py     first mails that waited, a reminder before a yes runs out, the end when it does
pages.py      the pages, without any script
"""
