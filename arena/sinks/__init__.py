"""Where things leave the machine: sinks, and who brings them what waits in the outbox."""
