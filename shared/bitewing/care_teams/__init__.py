"""Care teams: their clinicians with credentials, and the sites of practices that they go to."""
