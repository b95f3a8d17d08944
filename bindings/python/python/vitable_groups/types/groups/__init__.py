"""Types of the resources below groups."""
