"""Seeded campaigns against the whole line: random histories of РАМ, random failures of the Fund, kills, several daemons."""
