"""Sends electronic birth certificates (ЭРС) from the region's obstetric database to the Fund, unattended."""
