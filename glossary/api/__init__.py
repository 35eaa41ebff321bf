"""The door for other tools, and for pages of others: JSON over HTTP, described in OpenAPI."""
