"""What records look like on a terminal. Pure: records in, rich renderables out."""
