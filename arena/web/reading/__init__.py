"""What pages are made of, read from the store: one module a page, and no markup."""
