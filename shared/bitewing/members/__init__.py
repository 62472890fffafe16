"""The people of organizations: invited, accepted, with roles, gone."""
