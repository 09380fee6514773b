"""What keeps a daemon that nobody watches observable, with nothing personal in it."""
