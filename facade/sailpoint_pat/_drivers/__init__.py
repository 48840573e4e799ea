"""What runs operations and flows: once for threads, once for tasks, on what both share."""
