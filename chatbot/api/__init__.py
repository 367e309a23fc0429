"""The HTTP interface: wire types in, one call to the conversation, wire types out."""
