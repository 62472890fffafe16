"""The prescription of a case on paper: what stands on it, its versions, and the page that confirms a sending."""
