"""The package's name and version."""

__title__ = "vitable_groups"
__version__ = "0.1.0"
