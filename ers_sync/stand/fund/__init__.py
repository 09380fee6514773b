"""The stand-in Fund: the one substitute in the product, its own process, reached over real HTTP.

It is meant to be as strict as the real Fund: transport, encryption, signature, certificate, schema, contract, order, duplicates. Its
rules share no code with the daemon's (`ers_sync.domain`); only the arithmetic and the XML form of signature and encryption are shared.
It can also fail in every way a server fails: see `behaviours`.

The way of a request: `wire` (HTTP, and failing on purpose) → `gateway` (envelope, signature, certificate, schema) → `reading` (XML to
`model.Put`) → `desk` (loads it, and later processes it by `rules`) → `journal` (what survives SIGKILL) and `book` (fund-book.jsonl).
"""
