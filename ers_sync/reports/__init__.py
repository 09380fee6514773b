"""The workbooks that administrators open every morning: made of the ledger alone, in one consistent snapshot."""

from __future__ import annotations
