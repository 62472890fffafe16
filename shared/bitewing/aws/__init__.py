"""The only rooms that know AWS: the table, storage, the bus, settings, and HTTP."""
