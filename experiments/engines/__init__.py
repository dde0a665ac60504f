"""Where model work is executed: on this machine, or on a cluster."""
