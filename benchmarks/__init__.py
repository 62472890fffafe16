"""What the product costs to start, to call, to inspect a file, to deploy. Figures are measured when asked."""
