"""The wiring: which role follows which. No behaviour and no types live here."""
