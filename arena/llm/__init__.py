"""From a contestant to its model: endpoints, faults, typed answers, and the rehearsal model."""
