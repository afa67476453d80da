"""The `files` vendor: market facts from a folder, for recorded data and for people's own."""

from arena.market.files.vendor import FilesVendor

__all__ = ["FilesVendor"]
