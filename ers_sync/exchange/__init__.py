"""One request or question at a time, between the ledger and the Fund: what is sent, recorded, and concluded from the answer."""
