"""The finders that are compared. Each module has `load()`, which gives `find(text, question)`, and a NOTE."""

PEERS = ("ours", "presidio", "langchain", "presidio_rs", "datafog", "phileas", "euredact", "piighost")
