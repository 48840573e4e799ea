"""HTTP: the sockets, the transports on them, and the httpx clients on those."""
