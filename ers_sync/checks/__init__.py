"""`ers-sync check`: is everything as it has to be? Nothing is changed anywhere; in РАМ no write is ever tried."""
