"""Cryptography behind one interface; see `provider.py`."""
