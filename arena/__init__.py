"""ModelChat Arena: language models trade against each other, in the open."""
