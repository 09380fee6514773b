"""Tests of the exchange over real sockets; a package, so that they can share `support`."""
