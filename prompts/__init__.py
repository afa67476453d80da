"""The words every role is asked with: one Markdown file a role, read by `prompts.loader`."""
