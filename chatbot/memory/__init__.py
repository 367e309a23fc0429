"""Memory: what an earlier conversation of the same visitor may add to this one, after a yes to `personalise`.

Nothing is copied: preferences are one row, earlier topics and questions are read from the conversations that are kept
anyway. Every read asks the gate first; without a yes that stands there is nothing to remember.
"""
