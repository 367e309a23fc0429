"""stub"""


def arguments(p): ...
def measured(a):
    return {}


def tables(r):
    return ""
