"""Which address shows which page: one router a group of pages."""
