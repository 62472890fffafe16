"""The routes about who may act for an organization: its people, and a lab's own software."""
