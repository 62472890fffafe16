"""The routes of care teams: themselves, their clinicians, sites of practices, whom practices prefer."""
