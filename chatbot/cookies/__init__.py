"""What the site keeps on a visitor's device, and what the visitor said about it.

registry.py   every key and service, with purpose, category and lifetime; the words of the banner
choice.py     the one essential cookie that holds a choice: what it says, and until when
recording.py  a yes and its end go into the ledger of consent; a plain no leaves nothing here
filter.py     a Set-Cookie that is not registered, or not agreed to, never leaves
page.py       the cookie policy, written from the registry
"""
