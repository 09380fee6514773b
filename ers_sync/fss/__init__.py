"""The exchange with the Fund: messages, envelope, keys, transport, and the client that the jobs use."""
