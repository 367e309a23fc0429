"""Which words stand in which list: the mask that a word carries into the features."""

from functools import cache

from pii.model.train.cultures import cultures
from pii.model.train.lists import lines, read, words_of
from pii.model.train.places import places

_COMMON_SURNAMES = 20_000


@cache
def word_lists() -> dict[str, int]:
    """Return for every listed word the mask of its lists; the bit is the place in this list."""
    groups = cultures().values()
    where, text, closed = places(), read("fills"), read("words")
    particles = set(closed["particles"])
    lists: list[set[str]] = [
        words_of(name for culture in groups for name in culture.given),
        words_of(name for culture in groups for name in culture.sur[:_COMMON_SURNAMES]) - particles,
        words_of(where.cities) - particles,
        words_of([*where.countries, *where.states]) - particles,
        words_of([*where.by_country["ZA"], *where.suburbs]) - particles,
        words_of(lines("streets_za.txt") + text["nature"] + lines("complexes.txt")) - particles,
        words_of(" ".join(lines("nicknames.txt")).split()),
        words_of(closed["titles"]),
        words_of(text["street_types_en"] + closed["streets"]),
        words_of(text["org_kind"] + text["org_suffix"]) - particles,
        words_of(text["product"] + text["brand"]),
        words_of(closed["times"] + closed["numbers"]),
    ]
    masks: dict[str, int] = {}
    for bit, words in enumerate(lists):
        for word in words:
            masks[word] = masks.get(word, 0) | 1 << bit
    return masks
