"""What is wrong now: incidents found in the ledger, one word about each when it begins and one when it is over, and figures."""
