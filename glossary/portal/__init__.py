"""The door for people: pages that translate a request, call the read or the write path once, and translate back."""
