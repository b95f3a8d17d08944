"""Types of what belongs to groups."""
