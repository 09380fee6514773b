"""Our PostgreSQL: requests and their states, exchanges with the Fund, certificates, contracts, runs of jobs. All SQL lies in sql/."""
