"""Coverage-guided runs, by hand; what they found is kept in tests/unit/fss/test_fss_hostile.py (`FOUND`)."""
