"""Names that look unused to vulture but are demanded from outside; each with who demands it."""


def allowed(names):
    """Use every such name once."""
    return (
        names.ctx,  # click passes it to the methods of a group
        names.memo,  # copy.deepcopy passes it
    )
