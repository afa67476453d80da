"""The pages: from what was read to what a template is filled with. One module a page."""
